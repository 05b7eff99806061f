"""What patients send back, and what staff do about it: replies, tasks, suppressions.

The reminders service answers these asks within their `Scope`.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from services.contracts.ask import RemindersCommand
from services.contracts.catalog import Channel, Purpose
from services.contracts.check_ins import CheckInOptionRecord
from services.contracts.reminders import (
    PatientReply,
    Record,
    Reply,
    ScopedAsk,
    ScopedCommand,
)
from services.contracts.words import CheckInLevel, TaskKind

LONGEST_REPLY: Final = 1_600
"""Characters of the longest text message."""

UNSUBSCRIBE_PURPOSE: Final = "unsubscribe"
UNSUBSCRIBE_LIFETIME: Final = timedelta(days=365)
"""Of the token in a mail's List-Unsubscribe: (clinic id, contact point id, purpose)."""

MESSAGE_PURPOSE: Final = "message"
MESSAGE_LIFETIME: Final = timedelta(days=30)
"""Of the token in a mail's Message-ID: (clinic id, attempt id). It cannot be forged."""


# ---------------------------------------------------------------- what patients write
class InboundRecord(Record, frozen=True, kw_only=True):
    """A message from a person, as it arrived.

    `text` is None once purged. `understood_as` is the rule that applied, or UNREAD. `media` counts
    pictures and the like, which stay with the provider.
    """

    id: int
    patient_id: int | None
    channel: Channel
    received_at: datetime
    text: str | None
    understood_as: str
    media: int = 0
    answers_reminder_id: int | None = None
    check_in_id: int | None = None  # that it is, or is attached to


class InboxPage(Record, frozen=True, kw_only=True):
    """In order of (received_at, id), newest first."""

    items: tuple[InboundRecord, ...]
    has_more: bool


class ListInbox(ScopedAsk[InboxPage], frozen=True, kw_only=True):
    """List the inbox. `is_unmatched` selects messages with or without a single patient."""

    patient_id: int | None = None
    is_unmatched: bool | None = None
    limit: int
    after: tuple[datetime, int] | None = None


class GetInbound(ScopedAsk[tuple[InboundRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


# ---------------------------------------------------------------- staff tasks
class TaskRecord(Record, frozen=True, kw_only=True):
    id: int
    kind: TaskKind
    title: str
    patient_id: int | None
    enrollment_id: int | None
    reminder_id: int | None
    inbound_id: int | None
    opened_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    note: str | None


class TaskPage(Record, frozen=True, kw_only=True):
    """In order of (opened_at, id), oldest first. `total` counts the whole list."""

    items: tuple[TaskRecord, ...]
    has_more: bool
    total: int


class ListTasks(ScopedAsk[TaskPage], frozen=True, kw_only=True):
    is_open: bool | None = True  # None: done ones as well
    kind: tuple[TaskKind, ...] | None = None
    patient_id: int | None = None
    limit: int
    after: tuple[datetime, int] | None = None


class GetTasks(ScopedAsk[tuple[TaskRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


class TaskReply(Reply, frozen=True, kw_only=True):
    task: TaskRecord | None = None


class CompleteTask(ScopedCommand[TaskReply], frozen=True, kw_only=True):
    """Complete a task. The first of two stands."""

    task_id: int
    note: str | None = None


# ---------------------------------------------------------------- how texts are read
class ReplyReading(Record, frozen=True, kw_only=True):
    """How a text is understood. `level` is None for what is no answer at all: thanks, a like.

    `may_be_opt_out`: messages wait until a person has read it.
    """

    level: CheckInLevel | None
    is_opt_out: bool
    may_be_opt_out: bool
    option: CheckInOptionRecord | None = None
    reasons: tuple[str, ...] = ()


class ExplainReply(ScopedAsk[ReplyReading | None], frozen=True, kw_only=True):
    """Read a text as an answer to a plan's question, and say why it is read so.

    Without `step_key` it is the plan's first question, without `locale` the clinic's language. The
    answer is None if there is no such question. Nothing is stored.
    """

    text: str
    plan: str
    step_key: str | None = None
    locale: str | None = None


# ---------------------------------------------------------------- suppressions
class SuppressContact(ScopedCommand[PatientReply], frozen=True, kw_only=True):
    """Stop using a patient's address for this clinic. Due messages are skipped."""

    patient_id: int
    channel: Channel
    reason: str


class LiftSuppression(ScopedCommand[PatientReply], frozen=True, kw_only=True):
    """Use an address again. Refused after an opt-out, which only its owner can take back."""

    patient_id: int
    channel: Channel
    evidence: str


class RecordUnsubscribe(RemindersCommand[bool], frozen=True, kw_only=True):
    """Unsubscribe by one click in a mail or on its page. False if the address is gone.

    From marketing mail it ends marketing by email; from other mail, all email of the clinic.
    """

    timeout_seconds: ClassVar[float] = 3.0
    clinic_id: int
    contact_point_id: int
    purpose: Purpose
    received_at: datetime
