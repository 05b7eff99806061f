"""The asks that the reminders service answers.

Every ask about a clinic's data has a `Scope`. What is outside the scope does not exist for it. Ids
are the service's own numbers, never public ids.
"""

from datetime import datetime, time
from typing import Final, Generic, Self

import msgspec

from services.contracts.ask import OperatorAsk, RemindersAsk, RemindersCommand, ReplyType
from services.contracts.catalog import AftercarePlan, Channel, Purpose, StepKind
from services.contracts.clinic_hours import Closure, OpeningHours
from services.contracts.errors import Caution, Refusal
from services.contracts.sms.names import name_on
from services.contracts.words import (
    AttemptOutcome,
    ConsentBasis,
    ConsentMethod,
    ConsentState,
    ContactOwner,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    ReminderOrder,
    ReminderStatus,
    Role,
    SuppressionReason,
)

LONGEST_KEY: Final = 200
KEY_RULE: Final = f"An idempotency key has 1 to {LONGEST_KEY} characters, on one line."
"""The rule in words."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The data that an ask may see. `actor` names the credential, never an address."""

    clinic_id: int
    mode: Mode
    role: Role
    actor: str


class ScopedAsk(RemindersAsk[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    scope: Scope


class ScopedCommand(RemindersCommand[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    scope: Scope


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored object, as other services see it."""


class Reply(Record, frozen=True, kw_only=True):
    """A reply to a command that may be refused."""

    refusals: tuple[Refusal, ...] = ()

    @classmethod
    def refused(cls, *refusals: Refusal) -> Self:
        return cls(refusals=refusals)


# ---------------------------------------------------------------- clinics
class QuietHours(Record, frozen=True, kw_only=True):
    """Local times between which nothing is sent, possibly over midnight.

    `end` is the first minute in which sending is allowed again.
    """

    start: time
    end: time


class ClinicRecord(Record, frozen=True, kw_only=True, tag=True):
    """`countries` are those that it serves besides its own.

    `out_of_hours` says what to do when it is closed. Without an `sms_name` its texts begin with the
    one that is proposed. A suspended clinic enrolls nobody, and its messages are held.
    """

    id: int
    name: str
    time_zone: str
    locale: str
    country: str
    emergency_number: str
    phone: str | None
    quiet_hours: QuietHours
    opening_hours: tuple[OpeningHours, ...] = ()
    closures: tuple[Closure, ...] = ()
    out_of_hours: str | None = None
    sms_name: str | None = None
    countries: tuple[str, ...] = ()
    suspended_at: datetime | None = None

    def name_on(self, channel: Channel) -> str:
        """The name that messages on this channel begin with."""
        return name_on(channel, self.name, self.sms_name)


class KeptClinic(Record, frozen=True, kw_only=True, tag=True):
    clinic: ClinicRecord  # there before, and kept though it is not as it was asked for
    differing: tuple[str, ...]  # fields of ClinicRecord


class CreateClinic(
    RemindersCommand[ClinicRecord | KeptClinic | Refusal], frozen=True, kw_only=True
):
    """Create a clinic, or reply with the one of this name. The input is checked in any case.

    None picks the country's emergency number. Quiet hours start as 20:00 to 09:00.
    """

    name: str
    time_zone: str
    locale: str = "en"
    country: str
    phone: str | None = None
    emergency_number: str | None = None


class GetClinics(RemindersAsk[tuple[ClinicRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


class ListClinics(OperatorAsk[tuple[ClinicRecord, ...]], frozen=True, kw_only=True):
    """List all clinics by id, for operators."""


# ---------------------------------------------------------------- patients and consent
class ContactPointRecord(Record, frozen=True, kw_only=True):
    channel: Channel
    masked: str
    verified_at: datetime | None
    is_shared: bool
    owner: ContactOwner
    suppressed: SuppressionReason | None


class ConsentRecord(Record, frozen=True, kw_only=True):
    id: int
    channel: Channel
    purpose: Purpose
    state: ConsentState
    is_current: bool
    detail: MessageDetail
    method: ConsentMethod | None
    basis: ConsentBasis
    source: str
    wording_version: str | None
    recorded_by: str | None
    recorded_at: datetime


class SuppressionRecord(Record, frozen=True, kw_only=True):
    channel: Channel
    reason: SuppressionReason
    since: datetime


class Preferences(Record, frozen=True, kw_only=True):
    channels: tuple[Channel, ...]
    detail: MessageDetail
    quiet_hours: QuietHours | None
    paused_until: datetime | None


class PatientRecord(Record, frozen=True, kw_only=True):
    """`phone` and `email` are unencrypted. `time_zone_stated`: it is not just the clinic's."""

    id: int
    mode: Mode
    reference: str | None
    display_name: str | None
    phone: str | None
    email: str | None
    contact_points: tuple[ContactPointRecord, ...]
    is_adult: bool | None
    time_zone: str
    time_zone_stated: bool
    region: str | None
    locale: str
    preferences: Preferences
    consents: tuple[ConsentRecord, ...]  # newest first
    suppressions: tuple[SuppressionRecord, ...]


class ConsentGiven(Record, frozen=True, kw_only=True):
    """A consent or its withdrawal, as reported."""

    channel: Channel
    purpose: Purpose
    granted: bool
    source: str
    wording_version: str | None = None
    method: ConsentMethod | None = None
    basis: ConsentBasis = ConsentBasis.EXPRESS
    detail: MessageDetail = MessageDetail.DISCREET
    evidence: str | None = None
    obtained_at: datetime | None = None


class PatientReply(Reply, frozen=True, kw_only=True):
    patient: PatientRecord | None = None


class RegisterPatient(ScopedCommand[PatientReply], frozen=True, kw_only=True):
    """Register a patient. The same key with other input is a CONFLICT."""

    idempotency_key: str
    reference: str | None = None
    display_name: str | None = None
    phone: str | None = None
    email: str | None = None
    contact_owner: ContactOwner = ContactOwner.SELF
    is_adult: bool | None = None
    time_zone: str | None = None
    region: str | None = None
    locale: str | None = None
    channels: tuple[Channel, ...] | None = None
    detail: MessageDetail | None = None
    consents: tuple[ConsentGiven, ...] = ()


class RecordConsent(ScopedCommand[PatientReply], frozen=True, kw_only=True):
    patient_id: int
    consent: ConsentGiven


class GetPatients(ScopedAsk[tuple[PatientRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


class FindPatient(ScopedAsk[PatientRecord | None], frozen=True, kw_only=True):
    reference: str


# ---------------------------------------------------------------- enrollments
class EnrollmentRecord(Record, frozen=True, kw_only=True):
    id: int
    patient_id: int
    plan: AftercarePlan  # as pinned
    status: EnrollmentStatus
    created_at: datetime
    procedure_at: datetime
    procedure_ended_at: datetime | None
    procedure_state: ProcedureState
    performed_by: str | None
    reference: str | None
    visit_reference: str | None


class EnrollmentReply(Reply, frozen=True, kw_only=True):
    enrollment: EnrollmentRecord | None = None
    cautions: tuple[Caution, ...] = ()


class EnrollPatient(ScopedCommand[EnrollmentReply], frozen=True, kw_only=True):
    """Enroll a patient. The same key with other input is a CONFLICT."""

    idempotency_key: str
    patient_id: int
    plan: str
    procedure_at: datetime
    procedure_ended_at: datetime | None = None
    performed_by: str | None = None
    reference: str | None = None
    visit_reference: str | None = None


class CancelEnrollment(ScopedCommand[EnrollmentReply], frozen=True, kw_only=True):
    """Cancel the reminders that have not begun. Safe to repeat."""

    enrollment_id: int
    reason: str | None = None


class GetEnrollments(ScopedAsk[tuple[EnrollmentRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


class FindEnrollment(ScopedAsk[EnrollmentRecord | None], frozen=True, kw_only=True):
    reference: str


class EnrollmentPage(Record, frozen=True, kw_only=True):
    """Ordered by (procedure_at, id), newest first. `has_more` says that there are more."""

    items: tuple[EnrollmentRecord, ...]
    has_more: bool


class ListEnrollments(ScopedAsk[EnrollmentPage], frozen=True, kw_only=True):
    patient_id: int
    status: tuple[EnrollmentStatus, ...] | None = None
    first: int
    after: tuple[datetime, int] | None = None  # (procedure_at, id) of the last one seen


# ---------------------------------------------------------------- reminders
class DecisionRecord(Record, frozen=True, kw_only=True):
    at: datetime
    code: str
    text: str


class ReceiptRecord(Record, frozen=True, kw_only=True):
    at: datetime
    state: str
    code: str | None


class AttemptRecord(Record, frozen=True, kw_only=True):
    number: int
    provider: str
    started_at: datetime
    outcome: AttemptOutcome
    code: str | None
    provider_reference: str | None
    receipts: tuple[ReceiptRecord, ...]


class HoldShown(Record, frozen=True, kw_only=True):
    code: str
    text: str
    until: datetime | None  # None: until somebody acts


class ReminderRecord(Record, frozen=True, kw_only=True):
    """A step on a channel at a due time, in product time. For a clinician it is a task."""

    id: int
    enrollment_id: int
    patient_id: int
    step_key: str
    kind: StepKind
    title: str
    channel: Channel
    status: ReminderStatus
    status_reason: str | None
    hold: HoldShown | None = None
    merged_into: int | None = None  # the reminder that carries this one's text
    due_at: datetime
    local_due_at: str  # RFC 9557: local time, offset, zone's name in brackets
    useful_until: datetime
    subject: str | None
    body: str | None
    attempts: tuple[AttemptRecord, ...]
    why: tuple[DecisionRecord, ...]


class ReminderPage(Record, frozen=True, kw_only=True):
    items: tuple[ReminderRecord, ...]
    has_more: bool


class ListReminders(ScopedAsk[ReminderPage], frozen=True, kw_only=True):
    """List reminders by (due_at, id).

    With `details` they have bodies, attempts, decisions and what the patient lacks.
    """

    enrollment_id: int | None = None
    patient_id: int | None = None
    status: tuple[ReminderStatus, ...] | None = None
    kind: tuple[StepKind, ...] | None = None
    channel: Channel | None = None
    plan: str | None = None
    due_after: datetime | None = None  # inclusive
    due_before: datetime | None = None  # exclusive
    order: ReminderOrder = ReminderOrder.DUE_ASC
    limit: int
    after: tuple[datetime, int] | None = None  # (due_at, id) of the last one seen, in this order
    details: bool = True


class GetReminders(ScopedAsk[tuple[ReminderRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


class RenderReminder(ScopedAsk[str | None], frozen=True, kw_only=True):
    """Render the body in the given detail. The answer is None if that is impossible."""

    reminder_id: int
    detail: MessageDetail
