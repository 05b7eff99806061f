"""Check-ins and escalations: what staff see of them, and what they do about them."""

from typing import Any

import pytest
from graphql import ExecutionResult

from services.contracts.catalog import Channel, Notice, Paragraph, Severity
from services.contracts.check_ins import (
    AcknowledgeEscalation,
    AnswerCheckIn,
    CheckInReply,
    EscalationPage,
    EscalationReply,
    GetCheckIns,
    GetEscalations,
    ListCheckIns,
    ListEscalations,
    ResolveEscalation,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.replies import GetInbound, InboundRecord, InboxPage, ListInbox
from services.contracts.words import CheckInLevel, EscalationOutcome
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from tests.support.gateway.care_records import PROCEDURE_AT
from tests.support.gateway.check_in_records import ASKED_AT, check_in, escalation
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    FRONT_END,
    OPERATOR,
    STAFF,
    FakeClient,
    request_of,
)
from tests.support.gateway.fake_clinic import ONE_IN_CARE, by_id
from tests.support.gateway.whole_schema import answer_of, data_of, refused_codes, whole_schema

CHECK_IN_ID = ids.encode("CheckIn", 80)
ESCALATION_ID = ids.encode("Escalation", 90)
OLDER = escalation(91, level=CheckInLevel.UNCLEAR, patient_id=None, check_in_id=None)
MESSAGE = InboundRecord(
    id=70,
    patient_id=12,
    channel=Channel.SMS,
    received_at=PROCEDURE_AT,
    text="2",
    understood_as="CHECK_IN",
    check_in_id=80,
)
GUIDANCE = (
    Notice(text="Call now.", severity=Severity.URGENT, markdown="Call now."),
    Paragraph(text="We were told.", markdown="We were told."),
)


def clinic(**replies: Any) -> FakeClient:
    return FakeClient(
        {
            GetCheckIns: by_id({80: check_in()}),
            ListCheckIns: lambda question: tuple((check_in(),) for _ in question.enrollment_ids),
            GetEscalations: by_id({90: escalation()}),
            ListEscalations: lambda _: EscalationPage(
                items=(escalation(), OLDER), has_more=True, total=5
            ),
            GetInbound: by_id({70: MESSAGE}),
            ListInbox: lambda _: InboxPage(items=(MESSAGE,), has_more=False),
            **ONE_IN_CARE,
            AnswerCheckIn: lambda _: replies["answer"],
            AcknowledgeEscalation: lambda _: replies["escalation"],
            ResolveEscalation: lambda _: replies["escalation"],
        }
    )


def ask(
    text: str, viewer: Viewer = STAFF, client: FakeClient | None = None, **variables: Any
) -> ExecutionResult:
    return answer_of(client or clinic(), viewer, text, variables)


def data(text: str, client: FakeClient | None = None, **variables: Any) -> Any:
    return data_of(ask(text, client=client, **variables))


CHECK_INS = """
query ($id: ID!) { enrollment(id: $id) { checkIns {
  id question options { value label } closesAt answer answeredVia answeredAt level
  reminder { id } escalation { id } } } }
"""


def test_an_enrollment_shows_what_was_asked_and_answered() -> None:
    (shown,) = data(CHECK_INS, id=ids.encode("Enrollment", 5))["enrollment"]["checkIns"]

    assert shown == {
        "id": CHECK_IN_ID,
        "question": "How are you doing today?",
        "options": [
            {"value": "1", "label": "calming down"},
            {"value": "2", "label": "getting worse"},
        ],
        "closesAt": "2026-12-06T15:00:00Z",
        "answer": "2",
        "answeredVia": "SMS",
        "answeredAt": "2026-12-05T15:09:00Z",
        "level": "RED",
        "reminder": {"id": ids.encode("Reminder", 100)},
        "escalation": {"id": ESCALATION_ID},
    }


ESCALATIONS = """
{ escalations { totalCount pageInfo { hasNextPage endCursor } edges { cursor } nodes {
  id level reason openedAt acknowledgedAt acknowledgedBy resolvedAt resolvedBy outcome note
  alerts { tier channel sentAt state }
  patient { id } enrollment { id } checkIn { id } message { id text } } } }
"""


def test_escalations_lead_to_whom_they_are_about_and_why() -> None:
    listed = data(ESCALATIONS)["escalations"]

    assert (listed["totalCount"], listed["pageInfo"]["hasNextPage"]) == (5, True)
    first, nobodys = listed["nodes"]
    assert (first["level"], first["outcome"]) == ("RED", None)
    assert first["alerts"] == [
        {"tier": 0, "channel": "SMS", "sentAt": "2026-12-05T15:09:00Z", "state": "DELIVERED"}
    ]
    assert first["patient"] == {"id": ids.encode("Patient", 12)}
    assert first["enrollment"] == {"id": ids.encode("Enrollment", 5)}
    assert first["checkIn"] == {"id": CHECK_IN_ID}
    assert first["message"]["text"] == "2"
    assert (nobodys["patient"], nobodys["checkIn"]) == (None, None)


def test_open_escalations_are_asked_for_unless_told_otherwise() -> None:
    client = clinic()
    data("{ escalations { nodes { id } } }", client)
    data("{ escalations(open: null, level: [RED, AMBER]) { nodes { id } } }", client)

    plain, every = client.asked[::2]
    assert (plain.is_open, plain.level) == (True, None)
    assert (every.is_open, every.level) == (None, (CheckInLevel.RED, CheckInLevel.AMBER))


@pytest.mark.parametrize(("edge", "rank"), [(0, 0), (1, 1)], ids=["after-red", "after-the-rest"])
def test_a_page_of_escalations_goes_on_where_the_last_one_ended(edge: int, rank: int) -> None:
    client = clinic()
    edges = data("{ escalations { edges { cursor node { id } } } }", client)["escalations"]["edges"]
    text = "query ($after: String) { escalations(after: $after) { nodes { id } } }"
    data(text, client, after=edges[edge]["cursor"])

    seen = (escalation(), OLDER)[edge]
    assert client.asked[-1].after == (rank, seen.opened_at, seen.id)


def test_a_message_leads_to_the_check_in_it_answers() -> None:
    (message,) = data("{ inbox { nodes { checkIn { id level } } } }")["inbox"]["nodes"]

    assert message["checkIn"] == {"id": CHECK_IN_ID, "level": "RED"}


@pytest.mark.parametrize(("kind", "number"), [("CheckIn", 80), ("Escalation", 90)])
def test_each_is_fetched_by_its_own_id(kind: str, number: int) -> None:
    wanted = ids.encode(kind, number)

    text = "query ($id: ID!) { node(id: $id) { __typename id } }"
    assert data(text, id=wanted)["node"] == {"__typename": kind, "id": wanted}


@pytest.mark.parametrize(
    ("viewer", "code"),
    [(ANONYMOUS, "UNAUTHENTICATED"), (FRONT_END, "FORBIDDEN"), (OPERATOR, "FORBIDDEN")],
    ids=["anonymous", "front-end", "operator"],
)
def test_only_people_of_the_clinic_see_escalations(viewer: Viewer, code: str) -> None:
    client = clinic()

    assert refused_codes(ask(ESCALATIONS, viewer, client)) == [code]
    assert client.asked == []


@pytest.mark.parametrize("viewer", [ANONYMOUS, FRONT_END], ids=["anonymous", "front-end"])
@pytest.mark.parametrize("wanted", [CHECK_IN_ID, ESCALATION_ID], ids=["check-in", "escalation"])
def test_an_id_of_one_is_null_to_everybody_else(viewer: Viewer, wanted: str) -> None:
    client = clinic()
    result = ask("query ($id: ID!) { node(id: $id) { id } }", viewer, client, id=wanted)

    assert (result.data, client.asked) == ({"node": None}, [])


ANSWER = """
mutation ($input: AnswerCheckInInput!) { answerCheckIn(input: $input) {
  checkIn { id level } guidance { __typename text ... on Notice { severity } }
  userErrors { __typename code path } } }
"""


def test_an_answer_comes_back_with_what_to_do_now() -> None:
    client = clinic(answer=CheckInReply(check_in=check_in(), guidance=GUIDANCE))
    mutation_input = {
        "checkInId": CHECK_IN_ID,
        "answer": " getting\n worse ",
        "idempotencyKey": "k1",
    }

    answered = data(ANSWER, client, input=mutation_input)["answerCheckIn"]

    assert answered["checkIn"] == {"id": CHECK_IN_ID, "level": "RED"}
    assert answered["guidance"] == [
        {"__typename": "Notice", "text": "Call now.", "severity": "URGENT"},
        {"__typename": "Paragraph", "text": "We were told."},
    ]
    command = client.asked[0]
    assert (command.check_in_id, command.answer) == (80, "getting worse")
    assert command.idempotency_key == "k1"


@pytest.mark.parametrize(
    ("mutation_input", "path"),
    [
        ({"checkInId": CHECK_IN_ID, "answer": "  "}, "answer"),
        ({"checkInId": CHECK_IN_ID, "answer": "x" * 501}, "answer"),
        ({"checkInId": CHECK_IN_ID, "answer": "1", "idempotencyKey": ""}, "idempotencyKey"),
        ({"checkInId": ESCALATION_ID, "answer": "1"}, "checkInId"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_refused_by_its_field(
    mutation_input: dict[str, str], path: str
) -> None:
    client = clinic()

    refused = data(ANSWER, client, input=mutation_input)["answerCheckIn"]

    assert [error["path"] for error in refused["userErrors"]] == [[path]]
    assert client.asked == []


def test_a_refused_answer_says_why() -> None:
    refusal = Refusal(code=UserErrorCode.TOO_LATE, message="closed", path=("check_in_id",))
    client = clinic(answer=CheckInReply(refusals=(refusal,)))

    refused = data(ANSWER, client, input={"checkInId": CHECK_IN_ID, "answer": "1"})["answerCheckIn"]

    assert refused["userErrors"] == [
        {"__typename": "InputError", "code": "TOO_LATE", "path": ["checkInId"]}
    ]


def test_a_key_used_for_another_answer_shows_what_stands_in_the_way() -> None:
    refusal = Refusal(
        code=UserErrorCode.CONFLICT, message="no", path=("idempotency_key",), existing_id=80
    )
    client = clinic(answer=CheckInReply(refusals=(refusal,)))
    text = ANSWER.replace("code path", "code path ... on ConflictError { existing { id } }")

    (error,) = data(text, client, input={"checkInId": CHECK_IN_ID, "answer": "1"})["answerCheckIn"][
        "userErrors"
    ]

    assert (error["code"], error["existing"]) == ("CONFLICT", {"id": CHECK_IN_ID})


ACKNOWLEDGE = """
mutation ($input: AcknowledgeEscalationInput!) { acknowledgeEscalation(input: $input) {
  escalation { id acknowledgedBy } userErrors { code path } } }
"""
RESOLVE = """
mutation ($input: ResolveEscalationInput!) { resolveEscalation(input: $input) {
  escalation { id outcome resolvedBy } userErrors { code path } } }
"""


def test_an_escalation_is_taken_by_a_person() -> None:
    acknowledged = escalation(acknowledged_at=ASKED_AT, acknowledged_by="Ana")
    client = clinic(escalation=EscalationReply(escalation=acknowledged))

    answer = data(ACKNOWLEDGE, client, input={"escalationId": ESCALATION_ID, "by": "Ana"})

    assert answer["acknowledgeEscalation"] == {
        "escalation": {"id": ESCALATION_ID, "acknowledgedBy": "Ana"},
        "userErrors": [],
    }
    command = client.asked[0]
    assert (command.escalation_id, command.by, command.scope.actor) == (90, "Ana", "key:3")


def test_an_escalation_is_closed_with_how_it_ended() -> None:
    ended = escalation(outcome=EscalationOutcome.ADVISED, resolved_by="key:3")
    client = clinic(escalation=EscalationReply(escalation=ended))
    mutation_input = {"escalationId": ESCALATION_ID, "outcome": "ADVISED", "note": "cool it"}

    answer = data(RESOLVE, client, input=mutation_input)["resolveEscalation"]

    assert answer["escalation"]["outcome"] == "ADVISED"
    command = client.asked[0]
    assert (command.outcome, command.note) == (EscalationOutcome.ADVISED, "cool it")


def test_a_red_one_is_not_closed_by_anybody() -> None:
    refusal = Refusal(code=UserErrorCode.NOT_ALLOWED, message="no", path=("escalation_id",))
    client = clinic(escalation=EscalationReply(refusals=(refusal,)))
    mutation_input = {"escalationId": ESCALATION_ID, "outcome": "FALSE_ALARM"}

    answer = data(RESOLVE, client, input=mutation_input)["resolveEscalation"]

    assert answer["userErrors"] == [{"code": "NOT_ALLOWED", "path": ["escalationId"]}]


MUTATIONS = [
    (ANSWER, {"checkInId": CHECK_IN_ID, "answer": "1"}),
    (ACKNOWLEDGE, {"escalationId": ESCALATION_ID}),
    (RESOLVE, {"escalationId": ESCALATION_ID, "outcome": "ADVISED"}),
]


@pytest.mark.parametrize(
    ("text", "mutation_input"), MUTATIONS, ids=["answer", "acknowledge", "resolve"]
)
@pytest.mark.parametrize("viewer", [FRONT_END, OPERATOR], ids=["front-end", "operator"])
def test_an_app_or_an_operator_does_nothing_about_them(
    text: str, mutation_input: dict[str, str], viewer: Viewer
) -> None:
    client = clinic()

    assert refused_codes(ask(text, viewer, client, input=mutation_input)) == ["FORBIDDEN"]
    assert client.asked == []


@pytest.mark.parametrize(("text", "mutation_input"), MUTATIONS[1:], ids=["acknowledge", "resolve"])
def test_an_escalation_that_is_none_is_not_found(text: str, mutation_input: dict[str, str]) -> None:
    (answer,) = data(text, input={**mutation_input, "escalationId": CHECK_IN_ID}).values()

    assert answer["userErrors"] == [{"code": "NOT_FOUND", "path": ["escalationId"]}]


def test_a_repeated_request_is_one_command() -> None:
    client = clinic(escalation=EscalationReply(escalation=escalation()))
    for _ in range(2):
        execute_with_oracle(
            whole_schema(),
            ACKNOWLEDGE,
            lambda: request_of(STAFF, client, idempotency_key="once"),
            {"input": {"escalationId": ESCALATION_ID}},
        )

    assert len(set(filter(None, client.command_ids))) == 1
