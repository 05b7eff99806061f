import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import (
    AttemptOutcome,
    ReminderStatus,
)


class KnownAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt and its message, held until the transaction ends."""

    clinic_id: int
    attempt_id: int
    outbound_id: int
    channel: Channel
    contact_point_id: int | None
    outcome: AttemptOutcome
    state: ReminderStatus
