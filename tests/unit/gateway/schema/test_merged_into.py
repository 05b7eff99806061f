from functools import cache

from services.contracts.reminders import GetReminders, ListReminders, ReminderPage
from services.contracts.words import ReminderStatus
from services.gateway.schema import ids
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.care_records import reminder
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import STAFF, FakeClient, request_of, shipped_snapshot
from tests.support.gateway.fake_clinic import by_id
from tests.support.gateway.whole_schema import whole_schema


@cache
def shipped() -> Snapshot:
    return shipped_snapshot()


def test_a_merged_reminder_names_its_merge_host_and_others_none() -> None:
    merged = reminder(1, status=ReminderStatus.MERGED, merged_into=100)
    client = FakeClient(
        {
            ListReminders: lambda _: ReminderPage(items=(merged, reminder(2)), has_more=False),
            GetReminders: by_id({100: reminder(100)}),
        }
    )

    result = execute_with_oracle(
        whole_schema(),
        "{ reminders(first: 2) { nodes { mergedInto { id } } } }",
        lambda: request_of(STAFF, client, shipped()),
    )

    assert result.errors is None
    assert result.data == {
        "reminders": {
            "nodes": [
                {"mergedInto": {"id": ids.encode("Reminder", 100)}},
                {"mergedInto": None},
            ]
        }
    }
