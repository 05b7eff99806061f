from typing import Any

import pytest
from graphql import ExecutionResult

from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import (
    KEY_RULE,
    ConsentGiven,
    GetPatients,
    PatientReply,
    RecordConsent,
    RegisterPatient,
    Scope,
)
from services.contracts.words import ConsentBasis, ContactOwner, MessageDetail
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from tests.support.gateway.care_records import patient
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

REGISTER = """
mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) {
  patient { id } userErrors { __typename message path code
    ... on ConflictError { existing { id } } } } }
"""
RECORD = """
mutation ($input: RecordConsentInput!) { recordConsent(input: $input) {
  patient { id } userErrors { __typename message path code } } }
"""
CONSENT = {"channel": "SMS", "purpose": "CARE", "granted": True, "source": "booking-form"}


def answering(reply: PatientReply) -> FakeClient:
    return FakeClient(
        {
            RegisterPatient: lambda _: reply,
            RecordConsent: lambda _: reply,
            GetPatients: lambda question: tuple(map(patient, question.ids)),
        }
    )


def refusing(code: UserErrorCode, *path: str, existing_id: int | None = None) -> FakeClient:
    refusal = Refusal(code=code, message="No.", path=path or None, existing_id=existing_id)
    return answering(PatientReply(refusals=(refusal,)))


DONE = PatientReply(patient=patient(12))


def mutate(
    text: str,
    mutation_input: dict[str, Any],
    client: FakeClient | None = None,
    viewer: Viewer = STAFF,
    idempotency_key: str | None = None,
) -> ExecutionResult:
    client = client or answering(DONE)
    return execute_with_oracle(
        whole_schema(),
        text,
        lambda: request_of(viewer, client, idempotency_key=idempotency_key),
        {"input": mutation_input},
    )


def payload(
    text: str,
    mutation_input: dict[str, Any],
    client: FakeClient | None = None,
    viewer: Viewer = STAFF,
) -> dict[str, Any]:
    result = mutate(text, mutation_input, client, viewer)
    assert result.errors is None
    assert result.data
    (fields,) = result.data.values()
    assert isinstance(fields, dict)
    return fields


def test_a_patient_is_registered_as_given() -> None:
    client = answering(DONE)
    mutation_input = {
        "idempotencyKey": "k-1",
        "reference": "R-12",
        "displayName": "Ana",
        "phone": "+1 202 555 0143",
        "email": "ana@Example.com",
        "contactOwner": "GUARDIAN",
        "isAdult": False,
        "timeZone": "America/New_York",
        "region": "US-NY",
        "locale": "es-us",
        "channels": ["SMS", "EMAIL"],
        "detail": "DETAILED",
        "consents": [{**CONSENT, "method": "WEB_FORM", "obtainedAt": "2026-12-01T10:00:00+01:00"}],
    }
    assert payload(REGISTER, mutation_input, client) == {
        "patient": {"id": PATIENT_ID},
        "userErrors": [],
    }
    command = client.asked[0]
    assert command.phone == "+1 202 555 0143"
    assert command.email == "ana@Example.com"
    assert command.locale == "es-US"
    assert command.contact_owner == ContactOwner.GUARDIAN
    assert command.channels == (Channel.SMS, Channel.EMAIL)
    assert command.consents[0].obtained_at.isoformat() == "2026-12-01T09:00:00+00:00"


def test_what_is_not_said_is_left_to_the_service() -> None:
    client = answering(DONE)
    payload(REGISTER, {"idempotencyKey": "k-1", "consents": [CONSENT]}, client)
    assert client.asked[0] == RegisterPatient(
        scope=Scope(clinic_id=7, mode=STAFF.mode, role=STAFF.role, actor="key:3"),  # type: ignore[arg-type]  # a viewer with a clinic has both
        idempotency_key="k-1",
        consents=(
            ConsentGiven(
                channel=Channel.SMS,
                purpose=Purpose.CARE,
                granted=True,
                source="booking-form",
                basis=ConsentBasis.EXPRESS,
                detail=MessageDetail.DISCREET,
            ),
        ),
    )


def test_the_texts_of_a_patient_lose_what_nobody_sees() -> None:
    client = answering(DONE)
    mutation_input = {
        "idempotencyKey": "k-1",
        "reference": "\ufeffR-12\u200b ",
        "displayName": "\u00a0Ana ",
        "region": " US-NY",
        "timeZone": "America/New_York\u200b",
        "locale": " es-us",
    }

    payload(REGISTER, mutation_input, client)

    command = client.asked[0]
    assert (command.reference, command.display_name, command.region) == ("R-12", "Ana", "US-NY")
    assert (command.time_zone, command.locale) == ("America/New_York", "es-US")


def test_all_faults_are_told_at_once() -> None:
    mutation_input = {
        "idempotencyKey": "k" * 201,
        "reference": "R\0",
        "displayName": "A" * 501,
    }
    answered = payload(REGISTER, mutation_input)
    assert [error["path"] for error in answered["userErrors"]] == [
        ["idempotencyKey"],
        ["reference"],
        ["displayName"],
    ]


@pytest.mark.parametrize("key", ["", "k" * 201, "k\n"])
def test_one_rule_says_what_an_idempotency_key_is(key: str) -> None:
    client = answering(DONE)
    (error,) = payload(REGISTER, {"idempotencyKey": key}, client)["userErrors"]
    assert (error["path"], error["message"]) == (["idempotencyKey"], KEY_RULE)
    assert client.asked == []


@pytest.mark.parametrize("text", ["Ana\r\nBcc: eve@example.com", "Ana\x00", "Ana\x1b[31m"])
def test_a_text_with_control_characters_is_refused(text: str) -> None:
    client = answering(DONE)
    answered = payload(REGISTER, {"idempotencyKey": "k-1", "displayName": text}, client)
    assert [error["path"] for error in answered["userErrors"]] == [["displayName"]]
    assert client.asked == []


@pytest.mark.parametrize("name", ["Zoë", "李小龍", "نی\u200cشم", "O'Neil-Śmith", "Ana 🌊"])
def test_a_name_may_be_written_in_any_script(name: str) -> None:
    mutation_input = {"idempotencyKey": "k-1", "displayName": name}
    assert payload(REGISTER, mutation_input)["userErrors"] == []


def test_a_text_of_a_consent_is_named_by_its_place() -> None:
    consents = [CONSENT, {**CONSENT, "source": "x" * 501}]
    (error,) = payload(REGISTER, {"idempotencyKey": "k-1", "consents": consents})["userErrors"]
    assert error["path"] == ["consents", "1", "source"]


def test_a_refusal_names_the_field_as_the_schema_does() -> None:
    answered = payload(
        REGISTER, {"idempotencyKey": "k-1"}, refusing(UserErrorCode.REQUIRED, "display_name")
    )
    assert answered == {
        "patient": None,
        "userErrors": [
            {
                "__typename": "InputError",
                "message": "No.",
                "path": ["displayName"],
                "code": "REQUIRED",
            }
        ],
    }


def test_a_conflict_shows_staff_what_stands_in_the_way() -> None:
    client = refusing(UserErrorCode.CONFLICT, "reference", existing_id=13)
    (error,) = payload(REGISTER, {"idempotencyKey": "k-1"}, client)["userErrors"]
    assert error["__typename"] == "ConflictError"
    assert error["existing"] == {"id": ids.encode("Patient", 13)}


def test_a_front_end_is_told_the_id_of_whom_it_registers() -> None:
    answered = payload(REGISTER, {"idempotencyKey": "k-1"}, viewer=FRONT_END)
    assert answered == {"patient": {"id": PATIENT_ID}, "userErrors": []}


@pytest.mark.parametrize(
    "field",
    ["phone", "displayName", "reference", "isAdult", "timeZone", "contactPoints { masked }"],
)
def test_a_front_end_reads_nothing_else_of_whom_it_registers(field: str) -> None:
    text = REGISTER.replace("patient { id }", f"patient {{ {field} }}")
    result = mutate(text, {"idempotencyKey": "k-1"}, viewer=FRONT_END)
    assert refused_codes(result) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    "code",
    [
        UserErrorCode.CONFLICT,
        UserErrorCode.SUPPRESSED,
        UserErrorCode.OPTED_OUT,
        UserErrorCode.NOT_FOUND,
        UserErrorCode.NEEDS_VERIFICATION,
    ],
)
def test_a_front_end_never_learns_whether_somebody_is_known(code: UserErrorCode) -> None:
    mutation_input = {"patientId": PATIENT_ID, "consent": CONSENT}
    refused = payload(RECORD, mutation_input, refusing(code, "phone", existing_id=13), FRONT_END)
    assert refused == payload(RECORD, mutation_input, viewer=FRONT_END)


def test_a_front_end_does_not_learn_what_contacts_somebody_has() -> None:
    mutation_input = {"patientId": PATIENT_ID, "consent": CONSENT}
    refused = payload(
        RECORD, mutation_input, refusing(UserErrorCode.REQUIRED, "consent", "channel"), FRONT_END
    )
    assert refused == payload(RECORD, mutation_input, viewer=FRONT_END)


def test_a_front_end_is_told_that_it_takes_no_consent_back() -> None:
    client = answering(DONE)
    mutation_input = {"patientId": "whoever", "consent": {**CONSENT, "granted": False}}
    (error,) = payload(RECORD, mutation_input, client, FRONT_END)["userErrors"]
    assert (error["code"], error["path"]) == ("NOT_ALLOWED", ["consent", "granted"])
    assert client.asked == []


def test_a_front_end_learns_what_is_missing_from_a_registration() -> None:
    client = refusing(UserErrorCode.REQUIRED, "phone")
    (error,) = payload(REGISTER, {"idempotencyKey": "k-1"}, client, FRONT_END)["userErrors"]
    assert error["path"] == ["phone"]


def test_a_front_end_learns_what_is_wrong_with_its_input() -> None:
    client = refusing(UserErrorCode.INVALID, "region")
    (error,) = payload(REGISTER, {"idempotencyKey": "k-1"}, client, FRONT_END)["userErrors"]
    assert error["path"] == ["region"]


def test_a_front_end_learns_that_its_key_was_used_for_something_else() -> None:
    client = refusing(UserErrorCode.CONFLICT, "idempotency_key", existing_id=13)
    (error,) = payload(REGISTER, {"idempotencyKey": "k-1"}, client, FRONT_END)["userErrors"]
    assert (error["code"], error["existing"]) == ("CONFLICT", None)


@pytest.mark.parametrize(
    ("viewer", "code"), [(ANONYMOUS, "UNAUTHENTICATED"), (OPERATOR, "FORBIDDEN")]
)
def test_others_register_nobody(viewer: Viewer, code: str) -> None:
    client = answering(DONE)
    result = mutate(REGISTER, {"idempotencyKey": "k-1"}, client, viewer)
    assert (refused_codes(result), client.asked) == ([code], [])


def test_a_consent_is_recorded() -> None:
    client = answering(DONE)
    mutation_input = {"patientId": PATIENT_ID, "consent": {**CONSENT, "granted": False}}
    assert payload(RECORD, mutation_input, client)["patient"] == {"id": PATIENT_ID}
    assert (client.asked[0].patient_id, client.asked[0].consent.granted) == (12, False)


@pytest.mark.parametrize("public_id", ["", "garbage", ids.encode("Enrollment", 12)])
def test_a_consent_of_no_patient_is_not_found(public_id: str) -> None:
    answered = payload(RECORD, {"patientId": public_id, "consent": CONSENT})
    (error,) = answered["userErrors"]
    assert (error["__typename"], error["path"]) == ("NotFoundError", ["patientId"])


def test_an_id_that_is_none_looks_to_a_front_end_like_any_other() -> None:
    answered = payload(RECORD, {"patientId": "garbage", "consent": CONSENT}, viewer=FRONT_END)
    assert answered == {"patient": None, "userErrors": []}


def command_ids(*keys: str | None, sources: tuple[str, ...] = ("a",)) -> set[str | None]:
    """Of one request after the other, each with an Idempotency-Key and a source."""
    client = answering(DONE)
    for key in keys:
        for source in sources:
            mutation_input = {"patientId": PATIENT_ID, "consent": {**CONSENT, "source": source}}
            mutate(RECORD, mutation_input, client, idempotency_key=key)
    return set(client.command_ids)


def test_a_request_repeated_under_its_key_is_the_same_command() -> None:
    assert len(command_ids("k-1", "k-1")) == 1


def test_another_key_or_another_input_is_another_command() -> None:
    assert len(command_ids("k-1", "k-2", sources=("a", "b"))) == 4


def test_without_a_key_every_request_is_a_command_of_its_own() -> None:
    assert command_ids(None) == {None}, "None lets the asking client take a new id each time"


def test_a_key_in_the_input_rules_over_the_one_in_the_header() -> None:
    client = answering(DONE)
    mutate(REGISTER, {"idempotencyKey": "k-1"}, client, idempotency_key="header")
    assert (set(client.command_ids), client.asked[0].idempotency_key) == ({None}, "k-1")
