from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.contracts.incoming import RecordReceipt
from services.contracts.words import ReceiptState
from services.gateway.intake.forwarder import Forwarder, IntakeUnavailable
from services.gateway.intake.items import ForwardOutcome, IntakeItem

RECEIPT = RecordReceipt(
    provider="post",
    state=ReceiptState.DELIVERED,
    provider_state="delivered",
    received_at=datetime(2026, 1, 2, tzinfo=UTC),
)


class Rows:
    """An intake in memory. `away` is raised instead of a claim."""

    def __init__(self, count: int) -> None:
        self.items: Sequence[IntakeItem] = [IntakeItem(uuid4(), RECEIPT) for _ in range(count)]
        self.postponed: list[UUID] = []
        self.dropped: list[IntakeItem] = []
        self.away: Exception | None = None

    @contextmanager
    def claim(self, most: int) -> Iterator["Rows"]:
        if self.away:
            raise self.away
        self.items = self.items[:most]
        yield self

    def remove(self, ids: Collection[UUID]) -> None:
        self.items = [item for item in self.items if item.id not in ids]

    def put_off(self, ids: Collection[UUID]) -> None:
        self.postponed += ids

    def drop(self, items: Collection[IntakeItem]) -> None:
        self.remove([item.id for item in items])
        self.dropped += items


def test_removes_what_was_taken_over() -> None:
    rows = Rows(3)
    forwarder = Forwarder(rows.claim, lambda items: [ForwardOutcome.ACCEPTED] * len(items))
    assert forwarder.forward_once() == 3
    assert (list(rows.items), rows.postponed) == ([], [])


def test_puts_off_what_was_not() -> None:
    rows = Rows(2)
    first, second = rows.items
    forwarder = Forwarder(rows.claim, lambda _: [ForwardOutcome.RETRY, ForwardOutcome.ACCEPTED])
    forwarder.forward_once()
    assert (rows.items, rows.postponed) == ([first], [first.id])
    assert second not in rows.items


def test_drops_what_nobody_will_ever_know() -> None:
    rows = Rows(2)
    first, second = rows.items
    forwarder = Forwarder(rows.claim, lambda _: [ForwardOutcome.DROPPED, ForwardOutcome.ACCEPTED])
    assert forwarder.forward_once() == 2
    assert (list(rows.items), rows.dropped) == ([], [first])
    assert second not in rows.dropped


def test_asks_nobody_when_nothing_came_in() -> None:
    forwarder = Forwarder(Rows(0).claim, lambda _: pytest.fail("nothing to hand on"))
    assert forwarder.forward_once() == 0


@pytest.mark.parametrize("away", [IntakeUnavailable("gone"), RuntimeError("odd")])
def test_goes_on_after_a_failure(away: Exception) -> None:
    rows = Rows(1)
    rows.away = away
    tried = 0

    def hand_on(items: Sequence[IntakeItem]) -> list[ForwardOutcome]:
        nonlocal tried
        tried += len(items)
        return [ForwardOutcome.ACCEPTED] * len(items)

    forwarder = Forwarder(rows.claim, hand_on, poll_seconds=0.01)
    forwarder.start()
    rows.away = None
    for _ in range(500):
        if tried:
            break
        forwarder.wake()
    forwarder.stop()
    assert list(rows.items) == [] or tried == 0
