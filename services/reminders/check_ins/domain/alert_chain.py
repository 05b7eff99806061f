"""How staff are alerted: whom, when, and what follows if nobody acknowledges.

The chain has four tiers, alerted 0, 5, 15 and 30 minutes after an escalation opened. If nobody has
acknowledged it by then, all tiers and the operator are alerted every 15 minutes. All times are
product time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from services.contracts.words import AlertHours
from services.reminders.clinics.domain.alert_contact import OFFSETS, TIERS, RosterContact

REPEAT_EVERY: Final = timedelta(minutes=15)

USEFUL_FOR: Final = timedelta(hours=2)
"""How long an alert is worth sending. A newer one is written long before that."""


Contact = TypeVar("Contact", bound=RosterContact)


class AlertRound(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to alert now, and which tier follows at what time.

    Tiers past the last one of the chain are repeats.
    """

    contacts: tuple[RosterContact, ...]
    pages_operator: bool
    tier: int
    next_tier: int
    next_at: datetime


def alert_round(
    tier: int, opened_at: datetime, contacts: Sequence[RosterContact], *, now: datetime
) -> AlertRound:
    """Decide whom an escalation alerts at a tier. `contacts` are those on duty.

    A tier without contacts is skipped at once.
    """
    while tier in TIERS and not _of_tier(tier, contacts):
        tier += 1
    if tier in TIERS:
        return AlertRound(
            contacts=_of_tier(tier, contacts),
            pages_operator=False,
            tier=tier,
            next_tier=tier + 1,
            next_at=max(_time_of(tier + 1, opened_at), now),
        )
    return AlertRound(
        contacts=tuple(contact for contact in contacts if contact.tier in TIERS),
        pages_operator=True,
        tier=tier,
        next_tier=tier + 1,
        next_at=now + REPEAT_EVERY,
    )


def on_duty(contacts: Iterable[Contact], *, is_open: bool) -> tuple[Contact, ...]:
    """Select who is alerted while the clinic is open, or while it is closed.

    If nobody's hours match, all contacts are alerted: a gap in the roster must not hold an alert
    back.
    """
    everybody = tuple(contacts)
    wanted = AlertHours.OPEN if is_open else AlertHours.OUT_OF_HOURS
    matching = (AlertHours.ALWAYS, wanted)
    return tuple(contact for contact in everybody if contact.hours in matching) or everybody


def _time_of(tier: int, opened_at: datetime) -> datetime:
    if tier in TIERS:
        return opened_at + OFFSETS[tier]
    return opened_at + OFFSETS[-1] + REPEAT_EVERY


def _of_tier(tier: int, contacts: Sequence[RosterContact]) -> tuple[RosterContact, ...]:
    return tuple(contact for contact in contacts if contact.tier == tier)
