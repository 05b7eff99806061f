"""Mutations that move, record and pause enrollments, and those of single reminders."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import ExecutionResult

from services.contracts.catalog import Channel
from services.contracts.enrollments import (
    CancelReminder,
    ChangeEffect,
    ChangeReply,
    FindEnrollments,
    PauseEnrollment,
    RecordProcedure,
    ReminderChange,
    ReminderReply,
    ReportDeliveries,
    ReportRow,
    RescheduleEnrollment,
    ResumeEnrollment,
    RetryReminder,
    SnoozeReminder,
)
from services.contracts.errors import Caution, Refusal, UserErrorCode
from services.contracts.reminders import EnrollmentPage, EnrollmentReply, GetPatients
from services.contracts.words import EnrollmentStatus, ProcedureState, ReminderStatus
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from tests.support.gateway.care_records import PROCEDURE_AT, enrollment, patient, reminder
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

ENROLLMENT_ID = ids.encode("Enrollment", 5)
REMINDER_ID = ids.encode("Reminder", 100)
AT = datetime(2026, 12, 4, 15, tzinfo=UTC)
CHANGED = """{ enrollment { id } changes { stepKey channel effect was becomes }
  warnings { code stepKey } userErrors { __typename code path } }"""
RESCHEDULE = f"""mutation ($input: RescheduleEnrollmentInput!) {{
  rescheduleEnrollment(input: $input) {CHANGED} }}"""
RECORD = f"mutation ($input: RecordProcedureInput!) {{ recordProcedure(input: $input) {CHANGED} }}"
HELD = "{ enrollment { id status } warnings { code } userErrors { __typename code path } }"
PAUSE = f"mutation ($input: EnrollmentInput!) {{ pauseEnrollment(input: $input) {HELD} }}"
RESUME = f"mutation ($input: EnrollmentInput!) {{ resumeEnrollment(input: $input) {HELD} }}"
REMINDER_FIELDS = "{ reminder { id status } userErrors { __typename code path } }"
SNOOZE = (
    f"mutation ($input: SnoozeReminderInput!) {{ snoozeReminder(input: $input) {REMINDER_FIELDS} }}"
)
CANCEL = f"mutation ($input: ReminderInput!) {{ cancelReminder(input: $input) {REMINDER_FIELDS} }}"
RETRY = (
    f"mutation ($input: RetryReminderInput!) {{ retryReminder(input: $input) {REMINDER_FIELDS} }}"
)

DONE = ChangeReply(
    enrollment=enrollment(5),
    changes=(
        ReminderChange(
            step_key="day-1", channel=Channel.SMS, effect=ChangeEffect.MOVED, was=AT, becomes=AT
        ),
        ReminderChange(step_key="call", effect=ChangeEffect.DROPPED, was=AT),
    ),
    cautions=(Caution(code="LATE_SKIPPED", message="Too late.", step_key="call"),),
)
REFUSED = Refusal(code=UserErrorCode.STALE, message="No.", path=("expected_procedure_at",))
INPUTS: dict[str, dict[str, Any]] = {
    RESCHEDULE: {"enrollmentId": ENROLLMENT_ID, "procedureAt": "2026-12-04T10:00:00-05:00"},
    RECORD: {"enrollmentId": ENROLLMENT_ID, "state": "NO_SHOW"},
    PAUSE: {"enrollmentId": ENROLLMENT_ID},
    RESUME: {"enrollmentId": ENROLLMENT_ID},
    SNOOZE: {"reminderId": REMINDER_ID, "until": "2026-12-04T10:00:00-05:00"},
    CANCEL: {"reminderId": REMINDER_ID},
    RETRY: {"reminderId": REMINDER_ID},
}


def answering(reply: object) -> FakeClient:
    kinds = (
        *(RescheduleEnrollment, RecordProcedure, PauseEnrollment, ResumeEnrollment),
        *(SnoozeReminder, CancelReminder, RetryReminder),
    )
    return FakeClient(dict.fromkeys(kinds, lambda _: reply))


def mutate(
    text: str,
    mutation_input: dict[str, Any],
    client: FakeClient,
    viewer: Viewer = STAFF,
    **more: Any,
) -> ExecutionResult:
    return execute_with_oracle(
        whole_schema(), text, lambda: request_of(viewer, client, **more), {"input": mutation_input}
    )


def payload(text: str, mutation_input: dict[str, Any], client: FakeClient) -> dict[str, Any]:
    result = mutate(text, mutation_input, client)
    assert result.errors is None
    assert result.data
    (fields,) = result.data.values()
    assert isinstance(fields, dict)
    return fields


def test_a_move_tells_what_changes() -> None:
    answered = payload(RESCHEDULE, INPUTS[RESCHEDULE], answering(DONE))

    assert answered == {
        "enrollment": {"id": ENROLLMENT_ID},
        "changes": [
            {
                "stepKey": "day-1",
                "channel": "SMS",
                "effect": "MOVED",
                "was": "2026-12-04T15:00:00Z",
                "becomes": "2026-12-04T15:00:00Z",
            },
            {
                "stepKey": "call",
                "channel": None,
                "effect": "DROPPED",
                "was": "2026-12-04T15:00:00Z",
                "becomes": None,
            },
        ],
        "warnings": [{"code": "LATE_SKIPPED", "stepKey": "call"}],
        "userErrors": [],
    }


def test_a_move_takes_the_whole_visit_and_is_no_rehearsal_unless_told_otherwise() -> None:
    client = answering(DONE)
    mutation_input = INPUTS[RESCHEDULE]
    payload(RESCHEDULE, mutation_input, client)
    payload(RESCHEDULE, mutation_input | {"wholeVisit": False, "dryRun": True}, client)
    payload(RESCHEDULE, mutation_input | {"wholeVisit": None, "dryRun": None}, client)

    modes = {(ask.whole_visit, ask.dry_run) for ask in client.asked}
    assert modes == {(True, False), (False, True)}
    assert client.asked[0].procedure_at == AT


def test_a_move_hands_on_what_it_expects_and_its_key() -> None:
    client = answering(DONE)
    more = {"expectedProcedureAt": "2026-12-03T15:00:00Z", "idempotencyKey": "m1"}
    payload(RESCHEDULE, INPUTS[RESCHEDULE] | more, client)

    command = client.asked[0]
    assert (command.expected_procedure_at, command.idempotency_key) == (PROCEDURE_AT, "m1")


def test_the_inputs_own_key_goes_before_the_header() -> None:
    client = answering(DONE)
    mutation_input = INPUTS[RESCHEDULE]
    mutate(RESCHEDULE, mutation_input | {"idempotencyKey": "m1"}, client, idempotency_key="h1")
    assert set(client.command_ids) == {None}

    mutate(RESCHEDULE, mutation_input, client, idempotency_key="h1")
    assert len(set(client.command_ids)) == 2


def test_a_refusal_names_the_field() -> None:
    answered = payload(RESCHEDULE, INPUTS[RESCHEDULE], answering(ChangeReply(refusals=(REFUSED,))))

    assert answered["enrollment"] is None
    assert answered["userErrors"] == [
        {"__typename": "InputError", "code": "STALE", "path": ["expectedProcedureAt"]}
    ]


def test_a_procedure_is_recorded() -> None:
    client = answering(DONE)
    mutation_input = {
        "enrollmentId": ENROLLMENT_ID,
        "state": "PERFORMED",
        "endedAt": "2026-12-03T16:00:00Z",
        "performedBy": "Dr. Lee",
        "plan": "peel-care",
        "dryRun": True,
    }
    payload(RECORD, mutation_input, client)

    command = client.asked[0]
    assert command.state is ProcedureState.PERFORMED
    assert command.ended_at == datetime(2026, 12, 3, 16, tzinfo=UTC)
    assert (command.performed_by, command.plan, command.dry_run) == ("Dr. Lee", "peel-care", True)


@pytest.mark.parametrize(("text", "kind"), [(PAUSE, PauseEnrollment), (RESUME, ResumeEnrollment)])
def test_an_enrollment_is_paused_and_resumed(text: str, kind: type[object]) -> None:
    client = answering(EnrollmentReply(enrollment=enrollment(5, status=EnrollmentStatus.PAUSED)))
    answered = payload(text, INPUTS[text], client)

    assert answered["enrollment"] == {"id": ENROLLMENT_ID, "status": "PAUSED"}
    assert (type(client.asked[0]), client.asked[0].enrollment_id) == (kind, 5)


@pytest.mark.parametrize("text", [SNOOZE, CANCEL, RETRY])
def test_a_reminder_is_changed(text: str) -> None:
    client = answering(ReminderReply(reminder=reminder(100)))
    answered = payload(text, INPUTS[text], client)

    assert answered["reminder"] == {"id": REMINDER_ID, "status": "ACCEPTED"}
    assert client.asked[0].reminder_id == 100


def test_only_somebodys_word_lets_a_duplicate_be() -> None:
    client = answering(ReminderReply(reminder=reminder(100)))
    payload(RETRY, INPUTS[RETRY], client)
    payload(RETRY, INPUTS[RETRY] | {"acceptPossibleDuplicate": True}, client)

    assert {ask.accept_possible_duplicate for ask in client.asked} == {False, True}


@pytest.mark.parametrize("text", list(INPUTS))
def test_what_is_none_of_its_kind_is_not_found(text: str) -> None:
    client = answering(DONE)
    mutation_input = {
        name: ids.encode("Patient", 5) if name.endswith("Id") else value
        for name, value in INPUTS[text].items()
    }
    (error,) = payload(text, mutation_input, client)["userErrors"]

    assert (error["__typename"], client.asked) == ("NotFoundError", [])


def test_all_that_is_wrong_with_an_input_is_said_at_once() -> None:
    mutation_input = {"enrollmentId": "nobody's", "state": "PERFORMED", "performedBy": "Dr.\nNo"}
    errors = payload(RECORD, mutation_input, answering(DONE))["userErrors"]

    assert [error["path"] for error in errors] == [["performedBy"], ["enrollmentId"]]


@pytest.mark.parametrize(
    ("viewer", "code"),
    [(ANONYMOUS, "UNAUTHENTICATED"), (FRONT_END, "FORBIDDEN"), (OPERATOR, "FORBIDDEN")],
)
@pytest.mark.parametrize("text", list(INPUTS))
def test_only_people_of_the_clinic_change_care(text: str, viewer: Viewer, code: str) -> None:
    client = answering(DONE)
    result = mutate(text, INPUTS[text], client, viewer)

    assert (refused_codes(result), client.asked) == ([code], [])


LIST = """query ($filter: EnrollmentFilter, $first: Int, $after: String) {
  enrollments(first: $first, after: $after, filter: $filter) {
    nodes { id patient { id } } pageInfo { hasNextPage endCursor } } }"""


def listing(client: FakeClient, viewer: Viewer = STAFF, **variables: Any) -> ExecutionResult:
    return execute_with_oracle(whole_schema(), LIST, lambda: request_of(viewer, client), variables)


def a_page(_: FindEnrollments) -> EnrollmentPage:
    return EnrollmentPage(items=(enrollment(5), enrollment(4)), has_more=True)


def everyone() -> FakeClient:
    return FakeClient(
        {
            FindEnrollments: a_page,
            GetPatients: lambda question: tuple(map(patient, question.ids)),
        }
    )


def test_enrollments_are_listed_and_gone_through() -> None:
    client = everyone()
    first = listing(client, first=2)
    assert first.data
    page = first.data["enrollments"]
    listing(client, first=2, after=page["pageInfo"]["endCursor"])

    assert [item["id"] for item in page["nodes"]] == [ENROLLMENT_ID, ids.encode("Enrollment", 4)]
    assert page["pageInfo"]["hasNextPage"] is True
    asked = [ask for ask in client.asked if isinstance(ask, FindEnrollments)]
    assert {ask.after for ask in asked} == {None, (PROCEDURE_AT, 4)}


def test_a_filter_is_handed_on() -> None:
    client = everyone()
    wanted = {
        "status": ["ACTIVE"],
        "procedureState": ["PLANNED"],
        "plan": "peel-care",
        "planVersion": 2,
        "procedureAfter": "2026-12-03T15:00:00Z",
        "visitReference": " V1\u200b",
    }
    listing(client, filter=wanted)

    asked = client.asked[0]
    assert (asked.status, asked.procedure_state) == (
        (EnrollmentStatus.ACTIVE,),
        (ProcedureState.PLANNED,),
    )
    assert (asked.plan, asked.plan_version, asked.visit_reference) == ("peel-care", 2, "V1")
    assert (asked.procedure_after, asked.procedure_before) == (PROCEDURE_AT, None)


def test_a_filter_that_nothing_can_match_asks_nothing() -> None:
    client = everyone()
    result = listing(client, filter={"plan": "a\0b"})

    assert result.data
    assert (result.data["enrollments"]["nodes"], client.asked) == ([], [])


REPORT = """query ($from: Date!, $to: Date!) {
  deliveryReport(from: $from, to: $to) { rows { date channel status count } } }"""


def report(client: FakeClient, first: str, last: str) -> ExecutionResult:
    variables = {"from": first, "to": last}
    return execute_with_oracle(whole_schema(), REPORT, lambda: request_of(STAFF, client), variables)


def test_reminders_are_counted_by_day() -> None:
    row = ReportRow(
        date=date(2026, 12, 3), channel=Channel.SMS, status=ReminderStatus.DELIVERED, count=3
    )
    client = FakeClient({ReportDeliveries: lambda _: (row,)})
    result = report(client, "2026-12-01", "2026-12-31")

    assert result.data == {
        "deliveryReport": {
            "rows": [{"date": "2026-12-03", "channel": "SMS", "status": "DELIVERED", "count": 3}]
        }
    }
    assert (client.asked[0].first, client.asked[0].last) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize("last", ["2026-11-30", "2027-12-03"])
def test_days_in_the_wrong_order_or_too_many_are_refused(last: str) -> None:
    client = FakeClient()
    result = report(client, "2026-12-01", last)

    assert (refused_codes(result), client.asked) == (["BAD_USER_INPUT"], [])
