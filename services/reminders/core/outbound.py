"""The kind of an outbound message, how urgent it is, and one that a worker has claimed."""

from datetime import datetime
from enum import IntEnum, StrEnum

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import Mode


class OutboundKind(StrEnum):
    """Why a message exists.

    A reminder is an outbound of kind REMINDER; only reminders are planned ahead and shown as such.
    """

    REMINDER = "REMINDER"
    REPLY = "REPLY"
    SAFETY = "SAFETY"
    OPT_OUT_CONFIRMATION = "OPT_OUT_CONFIRMATION"
    CORRECTION = "CORRECTION"
    STAFF_ALERT = "STAFF_ALERT"
    NUDGE = "NUDGE"  # repeats a question that was not answered


class Priority(IntEnum):
    """The priority of a due message; the smaller is claimed first."""

    URGENT = 0
    NORMAL = 1
    BULK = 2


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
