"""Alerts to staff about an escalation, or about nothing but whether they arrive."""

from datetime import datetime

import msgspec

from services.contracts.words import Mode


class NewAlert(msgspec.Struct, frozen=True, kw_only=True):
    """`escalation_id` is None for a test alert."""

    clinic_id: int
    escalation_id: int | None
    alert_contact_id: int
    round: int = 0
    tier: int = 0


class StoredAlert(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    id: int
    escalation_id: int | None
    mode: Mode
    sent_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
