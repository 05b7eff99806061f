from datetime import datetime

import msgspec

from services.contracts.words import (
    Mode,
)


class NewAlert(msgspec.Struct, frozen=True, kw_only=True):
    """`escalation_id` is None for a test."""

    clinic_id: int
    escalation_id: int | None
    alert_contact_id: int
    rung: int = 0


class StoredAlert(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    id: int
    escalation_id: int | None
    mode: Mode
    sent_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class AdvancedEscalation(msgspec.Struct, frozen=True):
    """How an escalation goes on."""

    rung: int
    alert_at: datetime
    pages_operator: bool
