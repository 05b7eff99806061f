from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import CheckInLevel
from services.reminders.core.key import Key

ANSWERABLE_FOR: Final = timedelta(days=14)
"""How long after a question was sent a text may still answer it."""


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was sent. Its wording is in the plan version, under the step's key."""

    key: Key
    outbound_id: int
    patient_id: int
    contact_point_id: int
    channel: Channel
    enrollment_id: int
    plan_version_id: int
    step_key: str
    level: CheckInLevel
    opened_at: datetime
    closes_at: datetime
    nudge_id: int | None = None
    answer: str | None = None
    answered_via: str | None = None
    answered_at: datetime | None = None
    escalation_id: int | None = None

    @property
    def patient_key(self) -> Key:
        return Key(self.key.clinic_id, self.key.mode, self.patient_id)

    @property
    def enrollment_key(self) -> Key:
        return Key(self.key.clinic_id, self.key.mode, self.enrollment_id)

    @property
    def is_waiting(self) -> bool:
        """Whether an answer that can be rated is still expected."""
        return self.level in (CheckInLevel.WAITING, CheckInLevel.UNCLEAR)


class RatedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    level: CheckInLevel
    text: str
    source: str
