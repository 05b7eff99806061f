"""Changes to enrollments and to their reminders: move, record, pause, migrate.

Every reply that changes times lists the changes by reminder.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from services.contracts.ask import OperatorAsk, RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.errors import Caution, Refusal
from services.contracts.reminders import (
    EnrollmentPage,
    EnrollmentRecord,
    EnrollmentReply,
    Record,
    ReminderRecord,
    Reply,
    ScopedAsk,
    ScopedCommand,
)
from services.contracts.words import EnrollmentStatus, ProcedureState, ReminderStatus


class ChangeEffect(StrEnum):
    MOVED = "MOVED"
    DROPPED = "DROPPED"
    ALREADY_SENT = "ALREADY_SENT"
    ADDED = "ADDED"
    CORRECTION = "CORRECTION"


class ReminderChange(Record, frozen=True, kw_only=True):
    """A change of one step on one channel. A clinician's task has no channel."""

    step_key: str
    channel: Channel | None = None
    effect: ChangeEffect
    was: datetime | None = None
    becomes: datetime | None = None


class ChangeReply(Reply, frozen=True, kw_only=True):
    """`enrollment` is as it is after the command. A rehearsal does not change it."""

    enrollment: EnrollmentRecord | None = None
    changes: tuple[ReminderChange, ...] = ()
    cautions: tuple[Caution, ...] = ()


class RescheduleEnrollment(ScopedCommand[ChangeReply], frozen=True, kw_only=True):
    """Move a procedure, by default with the others of its visit: all of them or none.

    STALE if the procedure is not at `expected_procedure_at`. A rehearsal (`dry_run`) changes
    nothing and replies with what would change.
    """

    enrollment_id: int
    procedure_at: datetime
    expected_procedure_at: datetime | None = None
    whole_visit: bool = True
    dry_run: bool = False
    idempotency_key: str | None = None


class RecordProcedure(ScopedCommand[ChangeReply], frozen=True, kw_only=True):
    """Record the outcome of a procedure. Give `plan` if another procedure was done."""

    enrollment_id: int
    state: ProcedureState
    ended_at: datetime | None = None
    performed_by: str | None = None
    plan: str | None = None
    dry_run: bool = False


class PauseEnrollment(ScopedCommand[EnrollmentReply], frozen=True, kw_only=True):
    """Hold the reminders that have not begun, until resumed. Safe to repeat."""

    enrollment_id: int


class ResumeEnrollment(ScopedCommand[EnrollmentReply], frozen=True, kw_only=True):
    """End a pause. Late reminders follow the policy of their steps, and cautions say so."""

    enrollment_id: int


class FindEnrollments(ScopedAsk[EnrollmentPage], frozen=True, kw_only=True):
    """List a clinic's enrollments by (procedure_at, id), newest first."""

    status: tuple[EnrollmentStatus, ...] | None = None
    procedure_state: tuple[ProcedureState, ...] | None = None
    plan: str | None = None
    plan_version: int | None = None
    procedure_after: datetime | None = None  # inclusive
    procedure_before: datetime | None = None  # exclusive
    visit_reference: str | None = None
    first: int
    after: tuple[datetime, int] | None = None  # (procedure_at, id) of the last one seen


# ---------------------------------------------------------------- single reminders
class ReminderReply(Reply, frozen=True, kw_only=True):
    reminder: ReminderRecord | None = None


class SnoozeReminder(ScopedCommand[ReminderReply], frozen=True, kw_only=True):
    """Send a waiting reminder later, in the patient's window and while it is useful."""

    reminder_id: int
    until: datetime


class CancelReminder(ScopedCommand[ReminderReply], frozen=True, kw_only=True):
    """Cancel a waiting reminder for good, even if the procedure is moved."""

    reminder_id: int


class RetryReminder(ScopedCommand[ReminderReply], frozen=True, kw_only=True):
    """Retry a failed reminder (by a new one), or one that may not have arrived."""

    reminder_id: int
    accept_possible_duplicate: bool = False


# ---------------------------------------------------------------- counts
class ReportRow(Record, frozen=True, kw_only=True):
    date: date
    channel: Channel
    status: ReminderStatus
    count: int


class ReportDeliveries(ScopedAsk[tuple[ReportRow, ...]], frozen=True, kw_only=True):
    """Count reminders by due day on the clinic's calendar. Both days are included."""

    first: date
    last: date


# ---------------------------------------------------------------- for operators
class EnrollmentChanges(Record, frozen=True, kw_only=True):
    clinic_id: int
    enrollment_id: int
    from_version: int
    changes: tuple[ReminderChange, ...]


class EnrollmentLeft(Record, frozen=True, kw_only=True):
    """An enrollment that keeps its version, with the reason."""

    clinic_id: int
    enrollment_id: int
    refusal: Refusal


class MigrationReply(Record, frozen=True, kw_only=True, tag=True):
    """One batch. `after` is where the next one continues, or None at the end."""

    migrated: tuple[EnrollmentChanges, ...]
    left: tuple[EnrollmentLeft, ...] = ()
    after: tuple[int, int] | None


class MigrateEnrollments(RemindersCommand[MigrationReply | Refusal], frozen=True, kw_only=True):
    """Move a batch of running enrollments to the catalog's version of their plan.

    Steps match by key. What was sent stays sent, and a step that is gone is cancelled.
    """

    timeout_seconds: ClassVar[float] = 30.0
    plan: str
    to_version: int
    actor: str
    dry_run: bool = False
    after: tuple[int, int] | None = None  # (clinic id, enrollment id) of the last one seen
    limit: int = 50


class WithdrawalReply(Record, frozen=True, kw_only=True, tag=True):
    """`hold_id` holds what is unsent. `unsent` and `told` (sent) count the version's reminders."""

    hold_id: int
    unsent: int
    told: int


class WithdrawPlan(RemindersCommand[WithdrawalReply | Refusal], frozen=True, kw_only=True):
    """Withdraw a version of a plan: nothing more of it is sent, and nobody is enrolled in it."""

    plan: str
    version: int
    actor: str
    reason: str


class WithdrawalOutlook(Record, frozen=True, kw_only=True):
    """What withdrawing a version would do now. `hold_id` is set if it is withdrawn already.

    `clinics` and `enrollments` count the running ones; `unsent` and `told` (sent) count reminders.
    """

    clinics: int
    enrollments: int
    unsent: int
    told: int
    hold_id: int | None = None


class ForeseeWithdrawal(OperatorAsk[WithdrawalOutlook], frozen=True, kw_only=True):
    plan: str
    version: int


class ToldRecord(Record, frozen=True, kw_only=True):
    """A sent reminder, by numbers. Only the clinic knows who the patient is."""

    clinic_id: int
    patient_id: int
    enrollment_id: int
    step_key: str
    channel: Channel
    status: ReminderStatus
    at: datetime


class ToldPage(Record, frozen=True, kw_only=True):
    items: tuple[ToldRecord, ...]
    total: int


class ListTold(OperatorAsk[ToldPage], frozen=True, kw_only=True):
    """List the reminders that were sent from a version of a plan, newest first."""

    plan: str
    version: int
    limit: int = 1000
