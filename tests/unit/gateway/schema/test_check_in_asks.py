"""Lists of what needs a person, as long as they get: one ask of a kind on each level."""

import asyncio
from typing import Any

import pytest
from graphql import parse

from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    EscalationPage,
    GetCheckIns,
    GetEscalations,
    ListCheckIns,
    ListEscalations,
)
from services.contracts.reminders import (
    EnrollmentPage,
    GetEnrollments,
    GetPatients,
    GetReminders,
    ListEnrollments,
    ListReminders,
    ReminderPage,
    RenderReminder,
)
from services.contracts.replies import (
    GetInbound,
    InboundRecord,
    InboxPage,
    ListInbox,
    ListTasks,
    TaskPage,
    TaskRecord,
)
from services.contracts.words import TaskKind
from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import coerce_variables
from services.gateway.schema.build import build
from tests.support.gateway.care_records import PROCEDURE_AT, enrollment, patient, reminder
from tests.support.gateway.check_in_records import check_in, escalation
from tests.support.gateway.fake_calls import STAFF, FakeClient, request_of

LONGEST = 100


def message(number: int) -> InboundRecord:
    return InboundRecord(
        id=number,
        patient_id=number,
        channel=Channel.SMS,
        received_at=PROCEDURE_AT,
        text="2",
        understood_as="CHECK_IN",
        check_in_id=number,
    )


def task(number: int) -> TaskRecord:
    return TaskRecord(
        id=number,
        kind=TaskKind.UNREACHED,
        title="Call",
        patient_id=number,
        enrollment_id=number,
        reminder_id=number,
        inbound_id=number,
        opened_at=PROCEDURE_AT,
        due_at=None,
        done_at=None,
        done_by=None,
        note=None,
    )


def escalated(number: int) -> Any:
    return escalation(
        number, patient_id=number, enrollment_id=number, check_in_id=number, inbound_id=number
    )


def answered(number: int) -> Any:
    return check_in(number, reminder_id=number, escalation_id=number)


def busy_clinic(length: int) -> FakeClient:
    numbers = range(1, length + 1)
    fetched = {
        GetPatients: patient,
        GetReminders: lambda number: reminder(number, enrollment_id=number),
        GetEnrollments: enrollment,
        GetInbound: message,
        GetCheckIns: answered,
        GetEscalations: escalated,
    }
    return FakeClient(
        {
            **{kind: _by_ids(make) for kind, make in fetched.items()},
            ListEscalations: lambda _: EscalationPage(
                items=tuple(map(escalated, numbers)), has_more=False, total=length
            ),
            ListTasks: lambda _: TaskPage(
                items=tuple(map(task, numbers)), has_more=False, total=length
            ),
            ListInbox: lambda _: InboxPage(items=tuple(map(message, numbers)), has_more=False),
            ListReminders: lambda question: ReminderPage(
                items=(reminder(question.enrollment_id),)
                if question.enrollment_id
                else tuple(reminder(n, enrollment_id=n) for n in numbers),
                has_more=False,
            ),
            ListEnrollments: lambda question: EnrollmentPage(
                items=(enrollment(question.patient_id),), has_more=False
            ),
            RenderReminder: lambda _: "text",
            ListCheckIns: lambda question: tuple(
                (answered(number), answered(number + LONGEST)) for number in question.enrollment_ids
            ),
        }
    )


def _by_ids(make: Any) -> Any:
    return lambda question: tuple(map(make, question.ids))


def asks_of(text: str, client: FakeClient) -> dict[str, int]:
    async def execute() -> None:
        executor = Executor(build())
        (operation,) = executor.prepare(parse(text)).values()
        usable = coerce_variables(executor.schema, operation.definition, {})
        result = await executor.execute(operation, usable, request_of(STAFF, client))
        assert result.errors is None

    asyncio.run(execute())
    return dict(client.count())


LISTS = {
    "escalations": (
        """{ escalations(first: 100) { totalCount nodes { id alerts { tier }
             patient { id } enrollment { id } checkIn { id reminder { id } }
             message { id } } } }""",
        {
            "ListEscalations": 1,
            "GetPatients": 1,
            "GetEnrollments": 1,
            "GetCheckIns": 1,
            "GetReminders": 1,
            "GetInbound": 1,
        },
    ),
    "tasks": (
        """{ tasks(first: 100) { nodes { patient { id } enrollment { id } reminder { id }
             message { checkIn { escalation { id } } } } } }""",
        {
            "ListTasks": 1,
            "GetPatients": 1,
            "GetEnrollments": 1,
            "GetReminders": 1,
            "GetInbound": 1,
            "GetCheckIns": 1,
            "GetEscalations": 1,
        },
    ),
    "inbox": (
        "{ inbox(first: 100) { nodes { patient { id } checkIn { level } } } }",
        {"ListInbox": 1, "GetPatients": 1, "GetCheckIns": 1},
    ),
    "lists within lists": (
        """{ tasks(first: 100) { nodes { patient { enrollments(first: 5) { nodes {
             reminders(first: 5) { nodes { body(detail: DISCREET) } } } } } } } }""",
        {
            "ListTasks": 1,
            "GetPatients": 1,
            "[ListEnrollments]": 1,
            "[ListReminders]": 1,
            "[RenderReminder]": 1,
        },
    ),
    "check-ins of enrollments": (
        """{ reminders(first: 100) { nodes { enrollment {
             checkIns { options { value } escalation { patient { id } } } } } } }""",
        {
            "ListReminders": 1,
            "GetEnrollments": 1,
            "ListCheckIns": 1,
            "GetEscalations": 1,
            "GetPatients": 1,
        },
    ),
}


@pytest.mark.parametrize("length", [1, LONGEST])
@pytest.mark.parametrize("name", LISTS)
def test_each_kind_is_asked_for_once_whatever_the_length(name: str, length: int) -> None:
    text, expected = LISTS[name]

    assert asks_of(text, busy_clinic(length)) == expected
