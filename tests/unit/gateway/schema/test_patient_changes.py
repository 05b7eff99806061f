from datetime import UTC, datetime, time
from typing import Any

import msgspec
import pytest

from services.contracts.catalog import Channel
from services.contracts.clinic_hours import Closure, OpeningHours, Weekday
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.patients import (
    ConfirmConsent,
    ListPatients,
    PatientPage,
    UpdatePatient,
)
from services.contracts.reminders import GetClinics, PatientReply, QuietHours
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from tests.support.gateway.care_records import CLINIC, patient
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    FRONT_END,
    OPERATOR,
    STAFF,
    FakeClient,
    request_of,
)
from tests.support.gateway.whole_schema import refused_codes, whole_schema

PATIENT_ID = ids.encode("Patient", 12)
UPDATE = """
mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) {
  patient { id } userErrors { __typename message path code } } }
"""
CONFIRM = """
mutation ($input: ConfirmConsentInput!) { confirmConsent(input: $input) {
  patient { id } userErrors { __typename message path code } } }
"""
LIST = """
query ($first: Int, $after: String, $search: String) {
  patients(first: $first, after: $after, search: $search) {
    nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage } } }
"""


def answering(*refusals: Refusal) -> FakeClient:
    reply = PatientReply(patient=None if refusals else patient(12), refusals=refusals)
    return FakeClient({UpdatePatient: lambda _: reply, ConfirmConsent: lambda _: reply})


def run(text: str, client: FakeClient, viewer: Viewer = STAFF, **variables: Any) -> Any:
    return execute_with_oracle(whole_schema(), text, lambda: request_of(viewer, client), variables)


def payload(text: str, client: FakeClient, mutation_input: Any, viewer: Viewer = STAFF) -> Any:
    result = run(text, client, viewer, input=mutation_input)
    assert result.errors is None
    (fields,) = result.data.values()
    return fields


def test_absent_keeps_and_null_clears() -> None:
    client = answering()

    payload(UPDATE, client, {"patientId": PATIENT_ID, "email": None, "region": None})

    command = client.asked[0]
    assert (command.patient_id, command.email, command.region) == (12, None, None)
    rest = set(command.__struct_fields__) - {"scope", "patient_id", "email", "region"}
    assert {getattr(command, name) for name in rest} == {msgspec.UNSET}


def test_everything_that_changes_is_handed_on() -> None:
    client = answering()
    mutation_input = {
        "patientId": PATIENT_ID,
        "phone": "+1 202 555 0199",
        "channels": ["SMS"],
        "quietHours": {"start": "19:00", "end": "10:30"},
        "pausedUntil": "2026-12-01T10:00:00+01:00",
        "timeZone": "Europe/Lisbon",
        "detail": "DETAILED",
    }

    assert payload(UPDATE, client, mutation_input) == {
        "patient": {"id": PATIENT_ID},
        "userErrors": [],
    }

    command = client.asked[0]
    assert command.phone == "+1 202 555 0199"
    assert command.channels == (Channel.SMS,)
    assert command.quiet_hours == QuietHours(start=time(19), end=time(10, 30))
    assert command.paused_until == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_what_cannot_be_used_is_told_at_once_and_not_asked() -> None:
    client = answering()

    answered = payload(
        UPDATE, client, {"patientId": "nobody", "reference": "a\0", "displayName": "a\nb"}
    )

    assert [error["path"] for error in answered["userErrors"]] == [
        ["reference"],
        ["displayName"],
        ["patientId"],
    ]
    assert client.asked == []


@pytest.mark.parametrize("viewer", [ANONYMOUS, FRONT_END, OPERATOR])
def test_only_staff_change_a_patient(viewer: Viewer) -> None:
    client = answering()

    result = run(UPDATE, client, viewer, input={"patientId": PATIENT_ID})

    assert len(refused_codes(result)) == 1
    assert client.asked == []


def test_a_form_confirms_and_reads_nobody() -> None:
    client = answering()
    mutation_input = {"patientId": PATIENT_ID, "channel": "SMS", "code": "123456"}

    assert payload(CONFIRM, client, mutation_input, FRONT_END) == {
        "patient": None,
        "userErrors": [],
    }
    assert (client.asked[0].patient_id, client.asked[0].code) == (12, "123456")


def test_an_id_of_nobody_is_asked_like_any_other() -> None:
    client = answering(
        Refusal(code=UserErrorCode.INVALID, message="This code is not right.", path=("code",))
    )
    mutation_input = {"patientId": "nobody", "channel": "SMS", "code": "123456"}

    answered = payload(CONFIRM, client, mutation_input, FRONT_END)

    assert [error["path"] for error in answered["userErrors"]] == [["code"]]
    assert client.asked[0].patient_id == 0


def pages(*numbers: int, has_more: bool = False) -> FakeClient:
    page = PatientPage(items=tuple(map(patient, numbers)), has_more=has_more)
    return FakeClient({ListPatients: lambda _: page})


def test_patients_are_listed_and_the_list_goes_on() -> None:
    client = pages(14, 12, has_more=True)
    first = run(LIST, client, first=2).data["patients"]

    run(LIST, client, first=2, after=first["edges"][-1]["cursor"])

    assert [node["id"] for node in first["nodes"]] == [ids.encode("Patient", 14), PATIENT_ID]
    assert first["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
    assert client.asked[-1].after == 12


def test_a_search_is_handed_on_as_it_is() -> None:
    client = pages(12)

    run(LIST, client, search="+1 202 555 0143")

    assert client.asked[0].search == "+1 202 555 0143"


def test_a_search_that_nothing_can_be_called_finds_nobody() -> None:
    client = pages(12)

    assert run(LIST, client, search="a\x00b").data["patients"]["nodes"] == []
    assert client.asked == []


@pytest.mark.parametrize("viewer", [ANONYMOUS, FRONT_END, OPERATOR])
def test_only_staff_list_patients(viewer: Viewer) -> None:
    client = pages(12)

    assert len(refused_codes(run(LIST, client, viewer))) == 1
    assert client.asked == []


def test_a_clinic_tells_its_hours_from_monday_on() -> None:
    spans = [
        OpeningHours(day=day, opens=time(opens), closes=time(opens + 3))
        for day, opens in [
            (Weekday.TUESDAY, 9),
            (Weekday.MONDAY, 14),
            (Weekday.MONDAY, 9),
        ]
    ]
    day = datetime(2026, 12, 24, tzinfo=UTC).date()
    clinic = msgspec.structs.replace(
        CLINIC,
        opening_hours=tuple(spans),
        closures=(Closure(first_day=day, last_day=day, note="Holidays"),),
        out_of_hours="Call 911.",
    )
    client = FakeClient({GetClinics: lambda question: (clinic,) * len(question.ids)})
    text = """{ viewer { ... on Clinic { outOfHours closures { from to note }
      openingHours { day opens closes } } } }"""

    viewer = run(text, client).data["viewer"]

    assert viewer["outOfHours"] == "Call 911."
    assert viewer["closures"] == [{"from": "2026-12-24", "to": "2026-12-24", "note": "Holidays"}]
    assert [(one["day"], one["opens"]) for one in viewer["openingHours"]] == [
        ("MONDAY", "09:00"),
        ("MONDAY", "14:00"),
        ("TUESDAY", "09:00"),
    ]
