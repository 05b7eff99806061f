"""Tasks, the inbox, and addresses that staff stop using."""

from datetime import timedelta
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLObjectType

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import PatientReply
from services.contracts.replies import (
    CompleteTask,
    GetInbound,
    GetTasks,
    InboundRecord,
    InboxPage,
    LiftSuppression,
    ListInbox,
    ListTasks,
    SuppressContact,
    TaskPage,
    TaskRecord,
    TaskReply,
)
from services.contracts.words import TaskKind
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from tests.support.gateway.care_records import PROCEDURE_AT, patient
from tests.support.gateway.fake_calls import ANONYMOUS, FRONT_END, OPERATOR, STAFF, FakeClient
from tests.support.gateway.fake_clinic import ONE_IN_CARE, by_id
from tests.support.gateway.whole_schema import answer_of, data_of, refused_codes, whole_schema

PATIENT_ID = ids.encode("Patient", 12)
MESSAGE = InboundRecord(
    id=70,
    patient_id=12,
    channel=Channel.SMS,
    received_at=PROCEDURE_AT,
    text="It itches",
    understood_as="UNREAD",
)
TASK = TaskRecord(
    id=60,
    kind=TaskKind.UNREAD_REPLY,
    title="A patient has written; read and answer",
    patient_id=12,
    enrollment_id=5,
    reminder_id=100,
    inbound_id=70,
    opened_at=PROCEDURE_AT + timedelta(hours=1),
    due_at=None,
    done_at=None,
    done_by=None,
    note=None,
)
STRANGERS = TaskRecord(
    id=61,
    kind=TaskKind.UNMATCHED_REPLY,
    title="A reply that cannot be placed with one patient",
    patient_id=None,
    enrollment_id=None,
    reminder_id=None,
    inbound_id=None,
    opened_at=PROCEDURE_AT + timedelta(hours=2),
    due_at=None,
    done_at=None,
    done_by=None,
    note=None,
)


def clinic(**replies: Any) -> FakeClient:
    return FakeClient(
        {
            ListTasks: lambda _: TaskPage(items=(TASK, STRANGERS), has_more=True, total=7),
            GetTasks: by_id({60: TASK}),
            ListInbox: lambda _: InboxPage(items=(MESSAGE,), has_more=False),
            GetInbound: by_id({70: MESSAGE}),
            **ONE_IN_CARE,
            CompleteTask: lambda _: replies["task"],
            SuppressContact: lambda _: replies["patient"],
            LiftSuppression: lambda _: replies["patient"],
        }
    )


def ask(
    text: str, viewer: Viewer = STAFF, client: FakeClient | None = None, **variables: Any
) -> ExecutionResult:
    return answer_of(client or clinic(), viewer, text, variables)


def data(text: str, client: FakeClient | None = None, **variables: Any) -> Any:
    return data_of(ask(text, client=client, **variables))


TASKS = """
{ tasks { totalCount pageInfo { hasNextPage } nodes {
  id kind title openedAt dueAt doneAt doneBy note
  patient { id } enrollment { id } reminder { id } message { id text understoodAs } } } }
"""


def test_tasks_lead_to_what_they_are_about() -> None:
    tasks = data(TASKS)["tasks"]

    assert (tasks["totalCount"], tasks["pageInfo"]["hasNextPage"]) == (7, True)
    about, nobodys = tasks["nodes"]
    assert about["patient"] == {"id": PATIENT_ID}
    assert about["enrollment"] == {"id": ids.encode("Enrollment", 5)}
    assert about["reminder"] == {"id": ids.encode("Reminder", 100)}
    assert about["message"]["text"] == "It itches"
    assert [nobodys[name] for name in ("patient", "enrollment", "reminder", "message")] == [
        None
    ] * 4


def test_open_tasks_are_asked_for_unless_told_otherwise() -> None:
    client = clinic()
    data("{ tasks { nodes { id } } }", client)
    data("{ tasks(open: null, kind: [OPTED_OUT]) { nodes { id } } }", client)

    plain, every = (one for one in client.asked[::2] if isinstance(one, ListTasks))
    assert (plain.is_open, plain.kind) == (True, None)
    assert (every.is_open, every.kind) == (None, (TaskKind.OPTED_OUT,))


def test_a_page_of_tasks_goes_on_where_the_last_one_ended() -> None:
    client = clinic()
    cursor = data("{ tasks { pageInfo { endCursor } } }", client)["tasks"]["pageInfo"]["endCursor"]
    data("query ($after: String) { tasks(after: $after) { nodes { id } } }", client, after=cursor)

    assert client.asked[-1].after == (STRANGERS.opened_at, STRANGERS.id)


INBOX = "{ inbox(unmatched: false) { nodes { id channel receivedAt text patient { id } } } }"


def test_the_inbox_shows_what_was_written_and_by_whom() -> None:
    (message,) = data(INBOX)["inbox"]["nodes"]

    assert (message["text"], message["patient"]) == ("It itches", {"id": PATIENT_ID})


@pytest.mark.parametrize("field", ["inbox", "tasks"])
def test_a_patient_that_is_none_has_nothing_to_see_to(field: str) -> None:
    client = clinic()
    text = f'{{ {field}(patientId: "{ids.encode("Clinic", 1)}") {{ nodes {{ id }} }} }}'

    assert data(text, client)[field]["nodes"] == []
    assert client.asked == []


@pytest.mark.parametrize("text", [TASKS, INBOX])
@pytest.mark.parametrize(
    ("viewer", "code"),
    [(ANONYMOUS, "UNAUTHENTICATED"), (FRONT_END, "FORBIDDEN"), (OPERATOR, "FORBIDDEN")],
    ids=["anonymous", "front-end", "operator"],
)
def test_only_people_of_the_clinic_see_what_was_written(
    text: str, viewer: Viewer, code: str
) -> None:
    client = clinic()

    assert refused_codes(ask(text, viewer, client)) == [code]
    assert client.asked == []


@pytest.mark.parametrize(("kind", "number"), [("StaffTask", 60), ("InboundMessage", 70)])
def test_each_is_fetched_by_its_id(kind: str, number: int) -> None:
    wanted = ids.encode(kind, number)

    text = "query ($id: ID!) { node(id: $id) { __typename id } }"
    assert data(text, id=wanted)["node"] == {"__typename": kind, "id": wanted}


COMPLETE = """
mutation ($input: CompleteTaskInput!) { completeTask(input: $input) {
  task { id doneBy } userErrors { __typename code path } } }
"""


def test_a_task_is_completed_with_a_note() -> None:
    client = clinic(task=TaskReply(task=TASK))
    mutation_input = {"taskId": ids.encode("StaffTask", 60), "note": "called"}

    answer = data(COMPLETE, client, input=mutation_input)["completeTask"]

    assert (answer["task"]["id"], answer["userErrors"]) == (mutation_input["taskId"], [])
    command = client.asked[0]
    assert (command.task_id, command.note, command.scope.actor) == (60, "called", "key:3")


def test_a_task_that_is_none_is_not_found() -> None:
    answer = data(COMPLETE, input={"taskId": PATIENT_ID})["completeTask"]

    error = {"__typename": "NotFoundError", "code": "NOT_FOUND", "path": ["taskId"]}
    assert answer == {"task": None, "userErrors": [error]}


SUPPRESS = """
mutation ($input: SuppressContactInput!) { suppressContact(input: $input) {
  patient { id } userErrors { code path } } }
"""
LIFT = """
mutation ($input: LiftSuppressionInput!) { liftSuppression(input: $input) {
  patient { id } userErrors { code path } } }
"""
ADDRESS = {"patientId": PATIENT_ID, "channel": "EMAIL"}


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [(SUPPRESS, "suppressContact", "reason"), (LIFT, "liftSuppression", "evidence")],
    ids=["suppress", "lift"],
)
def test_an_address_is_stopped_and_used_again_with_a_reason(
    text: str, field: str, why: str
) -> None:
    client = clinic(patient=PatientReply(patient=patient(12)))

    answer = data(text, client, input={**ADDRESS, why: "she called"})[field]

    assert answer == {"patient": {"id": PATIENT_ID}, "userErrors": []}
    command = client.asked[0]
    assert (command.patient_id, command.channel, getattr(command, why)) == (
        12,
        Channel.EMAIL,
        "she called",
    )


def test_an_opt_out_is_not_lifted_by_staff() -> None:
    refusal = Refusal(code=UserErrorCode.OPTED_OUT, message="no", path=("channel",))
    client = clinic(patient=PatientReply(refusals=(refusal,)))

    answer = data(LIFT, client, input={**ADDRESS, "evidence": "x"})["liftSuppression"]

    assert answer["userErrors"] == [{"code": "OPTED_OUT", "path": ["channel"]}]


@pytest.mark.parametrize("text", [SUPPRESS, LIFT], ids=["suppress", "lift"])
def test_an_app_key_neither_stops_an_address_nor_uses_it_again(text: str) -> None:
    why = "reason" if text is SUPPRESS else "evidence"

    result = ask(text, FRONT_END, input={**ADDRESS, why: "x"})

    assert refused_codes(result) == ["FORBIDDEN"]


@pytest.mark.parametrize("level", ["GREEN", "AMBER", "RED", "UNCLEAR"])
def test_the_schema_names_what_an_answer_to_a_check_in_is_understood_as(level: str) -> None:
    message = whole_schema().get_type("InboundMessage")

    assert isinstance(message, GraphQLObjectType)
    assert f"CHECK_IN_{level}" in (message.fields["understoodAs"].description or "")
