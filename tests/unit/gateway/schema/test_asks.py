"""How many asks a query costs: one a level and kind, however many parents there are."""

import asyncio
from typing import Any

from graphql import parse

from services.contracts.enrollments import FindEnrollments
from services.contracts.reminders import (
    EnrollmentPage,
    GetEnrollments,
    GetPatients,
    GetReminders,
    ListEnrollments,
    ListReminders,
    ReminderPage,
)
from services.contracts.words import ReminderStatus
from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import coerce_variables
from services.gateway.schema import ids
from services.gateway.schema.build import build
from tests.support.gateway.care_records import enrollment, patient, reminder
from tests.support.gateway.fake_calls import STAFF, FakeClient, request_of


def asks_of(text: str, client: FakeClient, **variables: Any) -> dict[str, int]:
    """Asks by kind, of our own executor: graphql-core asks for each parent apart."""

    async def execute() -> None:
        executor = Executor(build())
        (operation,) = executor.prepare(parse(text)).values()
        usable = coerce_variables(executor.schema, operation.definition, variables)
        result = await executor.execute(operation, usable, request_of(STAFF, client))
        assert result.errors is None

    asyncio.run(execute())
    return dict(client.count())


def test_patients_of_many_reminders_take_one_ask_a_level() -> None:
    reminders = tuple(reminder(number, enrollment_id=number) for number in range(1, 51))
    client = FakeClient(
        {
            ListReminders: lambda _: ReminderPage(items=reminders, has_more=False),
            GetEnrollments: lambda question: tuple(
                enrollment(number, patient_id=number % 10 + 1) for number in question.ids
            ),
            GetPatients: lambda question: tuple(patient(number) for number in question.ids),
        }
    )
    text = "{ reminders(first: 50) { nodes { enrollment { patient { displayName } } } } }"
    assert asks_of(text, client) == {"ListReminders": 1, "GetEnrollments": 1, "GetPatients": 1}


def test_each_thing_is_asked_for_once_in_an_ask() -> None:
    reminders = tuple(reminder(number) for number in range(1, 51))
    client = FakeClient(
        {
            ListReminders: lambda _: ReminderPage(items=reminders, has_more=False),
            GetEnrollments: lambda question: tuple(map(enrollment, question.ids)),
        }
    )
    asks_of("{ reminders(first: 50) { nodes { enrollment { id } } } }", client)
    assert client.asked[1].ids == (5,)


def test_nodes_of_one_type_take_one_ask() -> None:
    client = FakeClient(
        {
            GetPatients: lambda question: tuple(map(patient, question.ids)),
            GetReminders: lambda question: tuple(map(reminder, question.ids)),
        }
    )
    wanted = [ids.encode(kind, n) for kind in ("Patient", "Reminder") for n in (1, 2, 3, 1)]
    counted = asks_of("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", client, ids=wanted)
    assert counted == {"GetPatients": 1, "GetReminders": 1}
    assert {question.ids for question in client.asked} == {(1, 2, 3)}


def test_what_is_not_selected_is_not_asked_for() -> None:
    client = FakeClient(
        {
            GetPatients: lambda question: tuple(map(patient, question.ids)),
            ListEnrollments: lambda _: EnrollmentPage(items=(), has_more=False),
        }
    )
    wanted = ids.encode("Patient", 12)
    text = "query ($id: ID!) { patient(id: $id) { id phone consents { state } } }"
    assert asks_of(text, client, id=wanted) == {"GetPatients": 1}


def test_a_clinics_enrollments_with_their_patients_take_one_ask_a_level() -> None:
    enrollments = tuple(enrollment(number, patient_id=number % 10 + 1) for number in range(1, 51))
    client = FakeClient(
        {
            FindEnrollments: lambda _: EnrollmentPage(items=enrollments, has_more=False),
            GetPatients: lambda question: tuple(map(patient, question.ids)),
        }
    )
    text = "{ enrollments(first: 50) { nodes { patient { displayName } } } }"
    assert asks_of(text, client) == {"FindEnrollments": 1, "GetPatients": 1}


def test_merge_hosts_of_many_merged_reminders_take_one_ask() -> None:
    merged = tuple(
        reminder(number, status=ReminderStatus.MERGED, merged_into=100 + number % 2)
        for number in range(1, 51)
    )
    client = FakeClient(
        {
            ListReminders: lambda _: ReminderPage(items=merged, has_more=False),
            GetReminders: lambda question: tuple(reminder(number) for number in question.ids),
        }
    )

    asked = asks_of("{ reminders(first: 50) { nodes { mergedInto { id } } } }", client)

    assert asked == {"ListReminders": 1, "GetReminders": 1}
