"""The contacts that a clinic's alerts go to, by tier."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import AlertHours


class RosterContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact as far as it matters for who is alerted when."""

    id: int
    tier: int
    hours: AlertHours


class AlertContact(RosterContact, frozen=True, kw_only=True):
    clinic_id: int
    channel: Channel
    address: str
    label: str | None
    proven_at: datetime | None


OFFSETS: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 15, 30))
"""When each tier is alerted, after an escalation opened."""

TIERS: Final = range(len(OFFSETS))

OPERATOR_TIER: Final = len(OFFSETS)
"""The tier of the product's operator, who is not on a clinic's staff."""
