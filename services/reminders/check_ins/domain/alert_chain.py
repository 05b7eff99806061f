"""How staff are alerted: whom, when, and what follows when nobody answers.

The chain has four tiers, told at once and 5, 15 and 30 minutes after an escalation opened. When
nobody has acknowledged it by then, everybody is told again every 15 minutes, and the operator too.
All of this is product time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from services.contracts.words import AlertHours
from services.reminders.clinics.domain.alert_contact import OFFSETS, TIERS, AlertRecipient

REPEAT_EVERY: Final = timedelta(minutes=15)

USEFUL_FOR: Final = timedelta(hours=2)
"""How long an alert is worth sending; long before, a newer one has been written."""


Known = TypeVar("Known", bound=AlertRecipient)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What is done now: whom to alert, and which rung of the chain comes at what time."""

    contacts: tuple[AlertRecipient, ...]
    pages_operator: bool
    rung: int
    alert_at: datetime


def climb(
    rung: int, opened_at: datetime, contacts: Sequence[AlertRecipient], *, now: datetime
) -> Step:
    """Take a rung. `contacts` are those on duty: a tier without any is passed over at once."""
    while rung in TIERS and not _of_tier(rung, contacts):
        rung += 1
    if rung in TIERS:
        return Step(
            contacts=_of_tier(rung, contacts),
            pages_operator=False,
            rung=rung + 1,
            alert_at=max(_time_of(rung + 1, opened_at), now),
        )
    everybody = tuple(one for one in contacts if one.tier in TIERS)
    return Step(contacts=everybody, pages_operator=True, rung=rung + 1, alert_at=now + REPEAT_EVERY)


def on_duty(contacts: Iterable[Known], *, is_open: bool) -> tuple[Known, ...]:
    """Who is alerted while the clinic is open, or closed.

    Where the hours of all leave nobody, everybody is: an alert is never kept back for want of a
    duty roster.
    """
    everybody = tuple(contacts)
    wanted = AlertHours.OPEN if is_open else AlertHours.OUT_OF_HOURS
    return tuple(one for one in everybody if one.hours in (AlertHours.ALWAYS, wanted)) or everybody


def _time_of(rung: int, opened_at: datetime) -> datetime:
    if rung in TIERS:
        return opened_at + OFFSETS[rung]
    return opened_at + OFFSETS[-1] + REPEAT_EVERY


def _of_tier(tier: int, contacts: Sequence[AlertRecipient]) -> tuple[AlertRecipient, ...]:
    return tuple(one for one in contacts if one.tier == tier)
