from datetime import datetime

import msgspec

from services.contracts.words import Mode


class NewEscalation(msgspec.Struct, frozen=True, kw_only=True):
    """Why staff are alerted. `must_phone`: the patient cannot be sent a text."""

    mode: Mode
    clinic_id: int
    patient_id: int
    enrollment_id: int
    check_in_id: int | None
    inbound_id: int | None
    reason: str
    must_phone: bool


class DueEscalation(msgspec.Struct, frozen=True, kw_only=True):
    """An open escalation whose next alerts are due, at `tier` of the chain."""

    clinic_id: int
    id: int
    mode: Mode
    tier: int
    opened_at: datetime
    must_phone: bool
