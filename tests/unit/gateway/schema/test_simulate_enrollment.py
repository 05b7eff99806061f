from datetime import UTC, datetime
from functools import cache
from typing import Any

from graphql import ExecutionResult

from services.contracts.catalog import Channel, StepKind
from services.contracts.reminders import HoldShown
from services.contracts.simulation import PlanAt, SimulatedReminder, SimulateEnrollment
from services.contracts.words import MessageDetail
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    FRONT_END,
    OPERATOR,
    STAFF,
    FakeClient,
    shipped_snapshot,
)
from tests.support.gateway.whole_schema import answer_of, refused_codes

AT = datetime(2027, 3, 10, 15, 40, tzinfo=UTC)
SENT = SimulatedReminder(
    step_key="wash",
    kind=StepKind.CARE,
    channel=Channel.SMS,
    due_at=AT,
    local_due_at="2027-03-10T10:40:00-05:00[America/New_York]",
    body="Rowan Clinic: wash.",
    segments=1,
    hold=HoldShown(code="DAILY_CAP", text="Moved.", until=AT),
)
SIMULATE = """query ($patient: ID, $alongside: [PlanAt!]) {
  simulateEnrollment(plan: "microneedling-aftercare", procedureAt: "2027-03-10T15:40:00Z",
    timeZone: "America/New_York", channels: [SMS], detail: DETAILED, patientId: $patient,
    alongside: $alongside) {
    stepKey kind channel dueAt localDueAt subject body segments hold { code text until } } }"""


@cache
def shipped() -> Snapshot:
    return shipped_snapshot()


def ask(viewer: Viewer, client: FakeClient, **variables: Any) -> ExecutionResult:
    return answer_of(client, viewer, SIMULATE, variables, shipped())


def simulator(reminders: tuple[SimulatedReminder, ...] | None = (SENT,)) -> FakeClient:
    return FakeClient({SimulateEnrollment: lambda _: reminders})


def test_shows_what_would_be_sent() -> None:
    result = ask(STAFF, simulator())

    assert result.errors is None
    assert result.data == {
        "simulateEnrollment": [
            {
                "stepKey": "wash",
                "kind": "CARE",
                "channel": "SMS",
                "dueAt": "2027-03-10T15:40:00Z",
                "localDueAt": "2027-03-10T10:40:00-05:00[America/New_York]",
                "subject": None,
                "body": "Rowan Clinic: wash.",
                "segments": 1,
                "hold": {"code": "DAILY_CAP", "text": "Moved.", "until": "2027-03-10T15:40:00Z"},
            }
        ]
    }


def test_asks_for_what_was_given() -> None:
    client = simulator()

    ask(
        STAFF,
        client,
        patient=ids.encode("Patient", 12),
        alongside=[{"plan": "peel", "procedureAt": "2027-03-10T17:00:00Z"}],
    )

    asked = client.asked[0]
    assert asked.plans == (
        PlanAt(plan="microneedling-aftercare", procedure_at=AT),
        PlanAt(plan="peel", procedure_at=AT.replace(hour=17, minute=0)),
    )
    assert (asked.patient_id, asked.channels, asked.detail, asked.time_zone) == (
        12,
        (Channel.SMS,),
        MessageDetail.DETAILED,
        "America/New_York",
    )


def test_a_publishable_key_may_imagine_a_patient() -> None:
    assert ask(FRONT_END, simulator()).errors is None


def test_a_publishable_key_may_not_name_one() -> None:
    client = simulator()

    result = ask(FRONT_END, client, patient=ids.encode("Patient", 12))

    assert (refused_codes(result), client.asked) == (["FORBIDDEN"], [])


def test_others_may_not_ask() -> None:
    assert refused_codes(ask(ANONYMOUS, simulator())) == ["UNAUTHENTICATED"]
    assert refused_codes(ask(OPERATOR, simulator())) == ["FORBIDDEN"]


def test_what_is_not_there_is_null() -> None:
    result = ask(STAFF, simulator(None))

    assert (result.data, result.errors) == ({"simulateEnrollment": None}, None)


def test_an_id_that_is_no_patients_is_null_without_asking() -> None:
    client = simulator()

    assert ask(STAFF, client, patient=ids.encode("Enrollment", 5)).data == {
        "simulateEnrollment": None
    }
    assert client.asked == []


def test_too_many_plans_are_refused() -> None:
    more = [{"plan": f"p{n}", "procedureAt": "2027-03-10T17:00:00Z"} for n in range(5)]

    assert refused_codes(ask(STAFF, simulator(), alongside=more)) == ["BAD_USER_INPUT"]
