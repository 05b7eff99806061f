"""How the daily cap would move a patient's messages. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from heapq import heapify, heappop, heappush

import msgspec

from services.contracts.catalog import Channel, StepKind
from services.reminders.core.caps import OfToday, before
from services.reminders.core.structs import struct_from
from services.reminders.core.windows import NoOpening, Window, instant, next_opening


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is to be sent."""

    id: int
    channel: Channel
    priority: int
    step_kind: StepKind
    due_at: datetime
    useful_until: datetime


def moved_by_cap(
    messages: Iterable[Sending], cap: int, window: Window
) -> Mapping[int, datetime | None]:
    """The new time of each message that the cap moves; None if it would be of no use by then."""
    moved: dict[int, datetime | None] = {}
    channels: dict[Channel, list[Sending]] = {}
    for message in messages:
        channels.setdefault(message.channel, []).append(message)
    for same_channel in channels.values():
        moved.update(_moved(same_channel, cap, window))
    return moved


def _moved(
    messages: Iterable[Sending], cap: int, window: Window
) -> Iterator[tuple[int, datetime | None]]:
    waiting = [(message.due_at, message.id, message) for message in messages]
    heapify(waiting)
    sent: dict[object, list[OfToday]] = {}
    while waiting:
        at, _, message = heappop(waiting)
        today = at.astimezone(window.zone).date()
        begun = sent.setdefault(today, [])
        rivals = [
            _of_today(other, due_at)
            for due_at, _, other in waiting
            if due_at.astimezone(window.zone).date() == today
        ]
        if before(message.id, [*begun, *rivals, _of_today(message, at)]) < cap:
            begun.append(_of_today(message, at, is_begun=True))
            continue
        later = _next_day(at, window)
        if later is None or later >= message.useful_until:
            yield message.id, None
        else:
            yield message.id, later
            heappush(waiting, (later, message.id, message))


def _of_today(message: Sending, due_at: datetime, *, is_begun: bool = False) -> OfToday:
    return struct_from(OfToday, message, due_at=due_at, is_begun=is_begun)


def _next_day(at: datetime, window: Window) -> datetime | None:
    tomorrow = at.astimezone(window.zone).date() + timedelta(days=1)
    try:
        return next_opening(instant(tomorrow, time(0), window.zone), window).astimezone(UTC)
    except NoOpening:
        return None
