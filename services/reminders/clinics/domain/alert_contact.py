from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import AlertHours


class AlertRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be alerted."""

    id: int
    tier: int
    hours: AlertHours


class AlertContact(AlertRecipient, frozen=True, kw_only=True):
    clinic_id: int
    channel: Channel
    address: str
    label: str | None
    proven_at: datetime | None


class NewAlertContact(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    tier: int
    hours: AlertHours
    channel: Channel
    address: str
    label: str | None = None


OFFSETS: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 15, 30))


TIERS: Final = range(len(OFFSETS))


OPERATOR_TIER: Final = len(OFFSETS)
"""Of whoever runs the product, who is no clinic's staff."""
