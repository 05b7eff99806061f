"""The check-in timers of a dispatcher, when a transaction or a timer fails."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.run_check_in_timers import CheckInTimers
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.rendering.links import SignedLinks

LINKS = SignedLinks("http://127.0.0.1:8000", "not a secret")


class FakeLog:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def unanswered(self, clinic_id: int, tier: int) -> None:
        self.lines.append(f"unanswered: {clinic_id}, {tier}")

    def failed(self, timer: str, fault: Exception) -> None:
        self.lines.append(f"{timer}: {fault}")


def broken() -> list[Any]:
    message = "unreadable"
    raise ValueError(message)


class FakeUnitsOfWork:
    """Transactions in which nothing is due, and reading what to nudge fails."""

    def __init__(self) -> None:
        self.opened = 0

    @contextmanager
    def open(self) -> Iterator[CheckInsUnitOfWork]:
        self.opened += 1
        due = SimpleNamespace(to_alert=list, unread=list, close_silent=list, to_nudge=broken)
        sent = SimpleNamespace(follow_up=list)
        yield cast("CheckInsUnitOfWork", SimpleNamespace(due_timers=due, sent_check_ins=sent))


def test_a_timer_that_fails_is_logged_and_the_others_run() -> None:
    units, log = FakeUnitsOfWork(), FakeLog()

    assert CheckInTimers(units.open, (), LINKS, log)() == 0

    assert log.lines == ["nudge: unreadable"]
    assert units.opened == 5


def test_a_database_that_is_away_ends_the_round() -> None:
    def away() -> AbstractContextManager[CheckInsUnitOfWork]:
        raise StorageAway

    log = FakeLog()

    with pytest.raises(StorageAway):
        CheckInTimers(away, (), LINKS, log)()
    assert log.lines == []
