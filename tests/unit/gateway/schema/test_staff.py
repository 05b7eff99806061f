"""People of a clinic's staff, known by a key of their own."""

from typing import Any

import msgspec
import pytest

from services.contracts.check_ins import AcknowledgeEscalation, EscalationReply, GetEscalations
from services.contracts.reminders import GetClinics, GetPatients
from services.contracts.replies import GetTasks, TaskRecord
from services.contracts.words import Mode, Role, TaskKind
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from tests.support.gateway.care_records import CLINIC, CONSENT, PROCEDURE_AT, patient
from tests.support.gateway.check_in_records import escalation
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import FRONT_END, OPERATOR, STAFF, FakeClient, request_of
from tests.support.gateway.fake_clinic import by_id
from tests.support.gateway.whole_schema import whole_schema

ADA = Viewer(role=Role.CLINICIAN, clinic_id=7, mode=Mode.TEST, key_id=3, person="Dr. Ada Example")
ACKNOWLEDGED = escalation(90, acknowledged_by="key:3", resolved_by="key:4")
TASK = TaskRecord(
    id=60,
    kind=TaskKind.OTHER,
    title="Call",
    patient_id=12,
    enrollment_id=None,
    reminder_id=None,
    inbound_id=None,
    opened_at=PROCEDURE_AT,
    due_at=None,
    done_at=PROCEDURE_AT,
    done_by="key:3",
    note=None,
)
STAFF_ID = ids.encode("Staff", 3)


def clinic() -> FakeClient:
    consents = (CONSENT, msgspec.structs.replace(CONSENT, id=32, recorded_by="front desk"))
    return FakeClient(
        {
            GetClinics: by_id({7: CLINIC}),
            GetEscalations: by_id({90: ACKNOWLEDGED}),
            GetTasks: by_id({60: TASK}),
            GetPatients: by_id({12: patient(12, consents=consents)}),
            AcknowledgeEscalation: lambda _: EscalationReply(escalation=ACKNOWLEDGED),
        }
    )


def data(text: str, viewer: Viewer = STAFF, client: FakeClient | None = None, **more: Any) -> Any:
    client = client or clinic()
    names = {3: "Dr. Ada Example"}
    result = execute_with_oracle(
        whole_schema(), text, lambda: request_of(viewer, client, people=names), more
    )
    assert result.errors is None
    return result.data


def test_the_holder_of_a_key_of_their_own_is_the_viewer() -> None:
    text = "{ viewer { __typename ... on Staff { id displayName clinic { name } } } }"

    assert data(text, ADA)["viewer"] == {
        "__typename": "Staff",
        "id": STAFF_ID,
        "displayName": "Dr. Ada Example",
        "clinic": {"name": CLINIC.name},
    }


def test_a_key_that_is_nobodys_is_the_clinics() -> None:
    assert data("{ viewer { __typename } }") == {"viewer": {"__typename": "Clinic"}}


NODE = "query ($id: ID!) { node(id: $id) { id ... on Staff { displayName } } }"


def test_a_colleague_is_found_by_their_id() -> None:
    assert data(NODE, id=STAFF_ID)["node"] == {"id": STAFF_ID, "displayName": "Dr. Ada Example"}


@pytest.mark.parametrize("viewer", [FRONT_END, OPERATOR], ids=["front end", "operator"])
def test_nobody_but_staff_finds_staff(viewer: Viewer) -> None:
    assert data(NODE, viewer, id=STAFF_ID) == {"node": None}


@pytest.mark.parametrize("number", [4, 77])
def test_a_key_that_is_nobodys_is_no_member_of_staff(number: int) -> None:
    assert data(NODE, id=ids.encode("Staff", number)) == {"node": None}


def test_who_did_something_with_a_key_of_their_own_is_named() -> None:
    text = """query ($ids: [ID!]!) { nodes(ids: $ids) {
      ... on Escalation { acknowledgedBy resolvedBy }
      ... on StaffTask { doneBy }
      ... on Patient { consents { recordedBy } }
    } }"""
    wanted = [
        ids.encode("Escalation", 90), ids.encode("StaffTask", 60), ids.encode("Patient", 12),
    ]  # fmt: skip

    assert data(text, ids=wanted)["nodes"] == [
        {"acknowledgedBy": "Dr. Ada Example", "resolvedBy": "key:4"},
        {"doneBy": "Dr. Ada Example"},
        {"consents": [{"recordedBy": "Dr. Ada Example"}, {"recordedBy": "front desk"}]},
    ]


ACKNOWLEDGE = """mutation ($input: AcknowledgeEscalationInput!) {
  acknowledgeEscalation(input: $input) { escalation { id } userErrors { code path } }
}"""


def test_a_key_of_ones_own_says_who_takes_an_escalation() -> None:
    client = clinic()
    mutation_input = {"escalationId": ids.encode("Escalation", 90), "by": "Somebody else"}

    answered = data(ACKNOWLEDGE, ADA, client, input=mutation_input)["acknowledgeEscalation"]

    assert answered == {"escalation": None, "userErrors": [{"code": "INVALID", "path": ["by"]}]}
    assert client.asked == []


def test_a_key_that_is_nobodys_may_say_who_takes_an_escalation() -> None:
    mutation_input = {"escalationId": ids.encode("Escalation", 90), "by": "Ana"}
    client = clinic()

    assert data(ACKNOWLEDGE, STAFF, client, input=mutation_input)["acknowledgeEscalation"][
        "escalation"
    ]
    assert client.asked[0].by == "Ana"
