"""How the daily cap moves a patient's messages, found out without waiting for the days."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from heapq import heapify, heappop, heappush

import msgspec

from services.contracts.catalog import Channel, StepKind
from services.reminders.core.caps import OfToday, before
from services.reminders.core.windows import NoOpening, Window, instant, next_opening


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is to be sent."""

    id: int
    channel: Channel
    lane: int
    step_kind: StepKind
    due_at: datetime
    useful_until: datetime


def moved_by_cap(
    messages: Iterable[Sending], cap: int, window: Window
) -> Mapping[int, datetime | None]:
    """Say when those go that the cap moves; None for what would be of no more use by then."""
    moved: dict[int, datetime | None] = {}
    channels: dict[Channel, list[Sending]] = {}
    for one in messages:
        channels.setdefault(one.channel, []).append(one)
    for some in channels.values():
        moved.update(_moved(some, cap, window))
    return moved


def _moved(
    some: Iterable[Sending], cap: int, window: Window
) -> Iterator[tuple[int, datetime | None]]:
    waiting = [(one.due_at, one.id, one) for one in some]
    heapify(waiting)
    sent: dict[object, list[OfToday]] = {}
    while waiting:
        at, _, one = heappop(waiting)
        today = at.astimezone(window.zone).date()
        begun = sent.setdefault(today, [])
        rivals = [
            _of_today(other, due_at)
            for due_at, _, other in waiting
            if due_at.astimezone(window.zone).date() == today
        ]
        if before(one.id, [*begun, *rivals, _of_today(one, at)]) < cap:
            begun.append(_of_today(one, at, is_begun=True))
            continue
        later = _next_day(at, window)
        if later is None or later >= one.useful_until:
            yield one.id, None
        else:
            yield one.id, later
            heappush(waiting, (later, one.id, one))


def _of_today(one: Sending, due_at: datetime, *, is_begun: bool = False) -> OfToday:
    return OfToday(
        id=one.id, lane=one.lane, step_kind=one.step_kind, due_at=due_at, is_begun=is_begun
    )


def _next_day(at: datetime, window: Window) -> datetime | None:
    tomorrow = at.astimezone(window.zone).date() + timedelta(days=1)
    try:
        return next_opening(instant(tomorrow, time(0), window.zone), window).astimezone(UTC)
    except NoOpening:
        return None
