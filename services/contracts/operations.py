"""The asks of operators to the reminders service. No answer says who a message is for."""

from datetime import date, datetime
from typing import ClassVar

from services.contracts.ask import OperatorAsk, RemindersAsk, RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.enrollments import ReportRow
from services.contracts.errors import Refusal
from services.contracts.reminders import Record
from services.contracts.words import Mode, ReminderStatus


class MessageFilter(Record, frozen=True, kw_only=True):
    """Which messages. A missing field matches all.

    `since_seconds` counts product time until now. `code` is the reason for a message's state;
    `provider` had its last attempt.
    """

    clinic_id: int | None = None
    channel: Channel | None = None
    provider: str | None = None
    plan: str | None = None
    code: str | None = None
    message_id: int | None = None
    since_seconds: float | None = None


class TroubledRecord(Record, frozen=True, kw_only=True):
    """A message that failed, or that may not have arrived."""

    clinic_id: int
    id: int
    kind: str
    step_key: str | None
    channel: Channel
    provider: str | None
    code: str | None
    attempts: int
    due_at: datetime
    useful_until: datetime
    since: datetime
    is_retried: bool


class TroubledReply(Record, frozen=True, kw_only=True):
    """`total` also counts messages beyond the limit."""

    items: tuple[TroubledRecord, ...]
    total: int


class ListTroubled(OperatorAsk[TroubledReply], frozen=True, kw_only=True):
    """List FAILED or UNKNOWN messages, newest first."""

    state: ReminderStatus
    which: MessageFilter
    limit: int = 50


class RetryReply(Record, frozen=True, kw_only=True, tag=True):
    """How many messages are retried (or would be), and how many are no longer useful."""

    retried: int
    too_late: int


class RetryMessages(RemindersCommand[RetryReply | Refusal], frozen=True, kw_only=True):
    """Retry messages that are still useful, each once.

    A FAILED one stays as it is, and a new message follows it. An UNKNOWN one may have arrived, so
    `accepts_duplicates` must be set.
    """

    state: ReminderStatus
    which: MessageFilter
    actor: str
    reason: str
    accepts_duplicates: bool = False
    is_rehearsal: bool = False
    limit: int = 1000


class HoldRecord(Record, frozen=True, kw_only=True, tag=True):
    """`kept_back` counts the messages that are held now. More follow when they are due."""

    id: int
    clinic_id: int | None
    channel: Channel | None
    provider: str | None
    plan: str | None
    plan_version: int | None = None  # given: that version is withdrawn
    reason: str
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    kept_back: int


class PlaceHold(RemindersCommand[HoldRecord | Refusal], frozen=True, kw_only=True):
    """Hold every message that matches all given fields, until released. None is dropped."""

    clinic_id: int | None = None
    channel: Channel | None = None
    provider: str | None = None
    plan: str | None = None
    reason: str
    actor: str


class ReleaseHold(RemindersCommand[HoldRecord | Refusal], frozen=True, kw_only=True):
    """Release a hold. Windows, rates and usefulness still apply to its messages."""

    hold_id: int
    reason: str
    actor: str


class ListHolds(OperatorAsk[tuple[HoldRecord, ...]], frozen=True, kw_only=True):
    """List current holds, and with `is_past` also released ones, oldest first."""

    is_past: bool = False


class OperationRecord(Record, frozen=True, kw_only=True):
    at: datetime
    kind: str
    actor: str
    reason: str
    filters: str  # JSON
    affected: int


class ListOperations(OperatorAsk[tuple[OperationRecord, ...]], frozen=True, kw_only=True):
    """List operators' actions, newest first."""

    limit: int = 50


class ReportEverywhere(RemindersAsk[tuple[ReportRow, ...]], frozen=True, kw_only=True):
    """Count the reminders of every clinic by due day on the clinic's calendar."""

    timeout_seconds: ClassVar[float] = 10.0
    mode: Mode
    first: date
    last: date


# ---------------------------------------------------------------- clocks
class ClockRecord(Record, frozen=True, kw_only=True, tag=True):
    product: datetime
    real: datetime
    rate: float


class ShowClock(OperatorAsk[ClockRecord], frozen=True, kw_only=True):
    """Get the product's time, and how fast it runs."""


class ShowZoneData(OperatorAsk[str], frozen=True, kw_only=True):
    """Get the release of the tz database by which the service places times, like 2026f."""


class AdvanceClock(RemindersCommand[ClockRecord | Refusal], frozen=True, kw_only=True):
    """Move product time forward. Refused in production and for a negative duration."""

    seconds: float


Place = tuple[int, int]
"""(clinic id, reminder id)"""


class RetimedReminder(Record, frozen=True, kw_only=True):
    """A corrected reminder. Either its local time or its instant has stayed the same."""

    clinic_id: int
    id: int
    was: datetime
    becomes: datetime
    local_due_at: str


class ReplanReply(Record, frozen=True, kw_only=True):
    """`next` is where to continue, or None at the end. `zone_data` is as of ShowZoneData."""

    looked_at: int
    retimed: tuple[RetimedReminder, ...]
    zone_data: str
    next: Place | None = None


class ReplanReminders(RemindersCommand[ReplanReply], frozen=True, kw_only=True):
    """Check a batch of waiting reminders, after a place, against the current zones.

    Reminders at a local time of the patient keep that time; those that count hours keep their
    instant. Reminders that are being sent or were sent do not change.
    """

    timeout_seconds: ClassVar[float] = 30.0
    after: Place = (0, 0)
    limit: int = 500
    is_rehearsal: bool = False
