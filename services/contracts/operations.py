"""What operators may ask of the reminders service. No answer says who a message is for."""

from datetime import date, datetime
from typing import ClassVar

from services.contracts.ask import RemindersAsk, RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.enrollments import ReportRow
from services.contracts.errors import Refusal
from services.contracts.reminders import Record
from services.contracts.words import Mode, ReminderStatus


class MessageFilter(Record, frozen=True, kw_only=True):
    """Which messages; what is not given matches all. `since_seconds`: of product time, until now.

    `code` is why a message is where it is; `provider` had its last attempt.
    """

    clinic_id: int | None = None
    channel: Channel | None = None
    provider: str | None = None
    plan: str | None = None
    code: str | None = None
    message_id: int | None = None
    since_seconds: float | None = None


class TroubledRecord(Record, frozen=True, kw_only=True):
    """A message that failed, or of which nobody knows whether it arrived."""

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
    """`total` counts what is beyond the limit as well."""

    items: tuple[TroubledRecord, ...]
    total: int


class ListTroubled(RemindersAsk[TroubledReply], frozen=True, kw_only=True):
    """Messages in FAILED or UNKNOWN, newest first."""

    timeout_seconds: ClassVar[float] = 5.0
    state: ReminderStatus
    which: MessageFilter
    limit: int = 50


class RetryReply(Record, frozen=True, kw_only=True, tag=True):
    """How many are sent again (or would be, in a rehearsal), and how many are of no use now."""

    retried: int
    too_late: int


class RetryMessages(RemindersCommand[RetryReply | Refusal], frozen=True, kw_only=True):
    """Send messages again that are still of use, each once.

    A FAILED one stays as it is and a new message follows it. An UNKNOWN one may have arrived:
    `accepts_duplicates` must say that somebody takes that on.
    """

    state: ReminderStatus
    which: MessageFilter
    actor: str
    reason: str
    accepts_duplicates: bool = False
    is_rehearsal: bool = False
    limit: int = 1000


class HoldRecord(Record, frozen=True, kw_only=True, tag=True):
    """`kept_back`: messages out of the workers' sight now; more follow as they fall due."""

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
    """Keep back every message that matches all that is given, until released; none is dropped."""

    clinic_id: int | None = None
    channel: Channel | None = None
    provider: str | None = None
    plan: str | None = None
    reason: str
    actor: str


class ReleaseHold(RemindersCommand[HoldRecord | Refusal], frozen=True, kw_only=True):
    """Let a hold's messages go; windows, rates and usefulness still rule."""

    hold_id: int
    reason: str
    actor: str


class ListHolds(RemindersAsk[tuple[HoldRecord, ...]], frozen=True, kw_only=True):
    """Holds that stand, and with `is_past` those released as well; oldest first."""

    timeout_seconds: ClassVar[float] = 5.0
    is_past: bool = False


class OperationRecord(Record, frozen=True, kw_only=True):
    at: datetime
    kind: str
    actor: str
    reason: str
    filters: str  # JSON
    affected: int


class ListOperations(RemindersAsk[tuple[OperationRecord, ...]], frozen=True, kw_only=True):
    """What operators did, newest first."""

    timeout_seconds: ClassVar[float] = 5.0
    limit: int = 50


class ReportEverywhere(RemindersAsk[tuple[ReportRow, ...]], frozen=True, kw_only=True):
    """Reminders of every clinic, by the day they are due on that clinic's calendar."""

    timeout_seconds: ClassVar[float] = 10.0
    mode: Mode
    first: date
    last: date
