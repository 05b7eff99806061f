"""A message that a worker has claimed."""

from datetime import datetime

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import Mode
from services.reminders.core.outbound import OutboundKind


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A message that only this worker may handle while its lease lasts."""

    clinic_id: int
    id: int
    token: int
    kind: OutboundKind
    mode: Mode
    patient_id: int | None
    contact_point_id: int | None
    enrollment_id: int | None
    step_key: str | None
    purpose: Purpose
    channel: Channel
    due_at: datetime
    useful_until: datetime
    attempts: int
    spent: int = 0  # tries used up: attempts whose failure counts
    subject_sealed: bytes | None
    body_sealed: bytes | None

    @property
    def key(self) -> tuple[int, int]:
        return self.clinic_id, self.id
