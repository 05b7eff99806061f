from datetime import UTC, datetime, timedelta
from typing import Any

from services.contracts.catalog import StepKind
from services.reminders.core.caps import OfToday, before
from services.reminders.core.outbound import Priority

NINE = datetime(2027, 5, 1, 9, tzinfo=UTC)


def of_today(id_: int, **more: Any) -> OfToday:
    usual: dict[str, Any] = {
        "priority": Priority.NORMAL.value,
        "step_kind": StepKind.CARE,
        "due_at": NINE,
        "is_begun": False,
    }
    return OfToday(id=id_, **usual | more)


def test_what_was_begun_today_counts() -> None:
    assert before(2, [of_today(1, is_begun=True, step_kind=StepKind.REBOOK), of_today(2)]) == 1


def test_what_is_due_earlier_goes_first() -> None:
    early = of_today(1, due_at=NINE - timedelta(hours=1))

    assert before(2, [early, of_today(2)]) == 1
    assert before(1, [early, of_today(2)]) == 0


def test_urgent_messages_go_first() -> None:
    urgent = of_today(2, priority=Priority.URGENT.value, due_at=NINE + timedelta(hours=1))

    assert before(1, [of_today(1), urgent]) == 1


def test_check_ins_go_before_care_and_rebooking_goes_last() -> None:
    todays = [
        of_today(1, step_kind=StepKind.REBOOK),
        of_today(2, step_kind=StepKind.CARE),
        of_today(3, step_kind=StepKind.CHECK_IN),
    ]

    assert [before(reminder.id, todays) for reminder in todays] == [2, 1, 0]
