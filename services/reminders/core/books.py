"""What the use cases read and write, all in one transaction; storage keeps these promises.

Everything about a patient is found by clinic, mode and id together: what lies in another clinic
or mode is answered as if it did not exist.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from services.contracts.catalog import AftercarePlan, Channel, Purpose, StepKind
from services.contracts.events import Event
from services.contracts.reminders import (
    AttemptRecord,
    ClinicRecord,
    ConsentGiven,
    ListEnrollments,
    ListReminders,
    Scope,
)
from services.contracts.senders import SenderRecord
from services.contracts.words import (
    ConsentState,
    ContactOwner,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.core.outbound import Lane
from services.reminders.core.patient import Patient
from services.reminders.core.reminder import StoredReminder, Taken
from services.reminders.core.visits import Regrouping, VisitMessage

Referred = tuple[int, Mode, str]
"""Clinic id, mode, and the clinic's own reference."""


class Key(msgspec.Struct, frozen=True, order=True):
    """A thing of one clinic in one mode."""

    clinic_id: int
    mode: Mode
    id: int

    @classmethod
    def within(cls, scope: Scope, number: int) -> "Key":
        return cls(scope.clinic_id, scope.mode, number)


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a clinic sends from; a country of None is the clinic's."""

    channel: Channel
    provider: str
    address: str
    is_default: bool = False
    country: str | None = None
    is_two_way: bool = True
    account: str | None = None
    secret_file: str | None = None
    data_agreement: str | None = None
    opt_out_way: str | None = None
    postal_address: str | None = None


class NewPatient(msgspec.Struct, frozen=True, kw_only=True):
    reference: str | None
    display_name: str | None
    is_adult: bool | None
    time_zone: str | None
    region: str | None
    locale: str
    channels: tuple[Channel, ...]
    detail: MessageDetail


class NewContact(msgspec.Struct, frozen=True):
    channel: Channel
    address: str
    owner: ContactOwner


class NewConsent(msgspec.Struct, frozen=True, kw_only=True):
    patient_id: int
    contact_point_id: int | None
    given: ConsentGiven
    state: ConsentState
    recorded_by: str


class Enrollment(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    clinic_id: int
    mode: Mode
    patient_id: int
    plan_version_id: int
    status: EnrollmentStatus
    created_at: datetime
    procedure_at: datetime
    procedure_ended_at: datetime | None
    procedure_state: ProcedureState
    performed_by: str | None
    reference: str | None
    visit_reference: str | None


class NewEnrollment(msgspec.Struct, frozen=True, kw_only=True):
    patient_id: int
    plan_version_id: int
    procedure_at: datetime
    procedure_ended_at: datetime | None
    procedure_state: ProcedureState
    performed_by: str | None
    reference: str | None
    visit_reference: str | None
    ends_at: datetime | None  # when its last step is of no more use


class NewReminder(msgspec.Struct, frozen=True, kw_only=True):
    """`decided` holds (code, detail) of each decision of planning, in order."""

    contact_point_id: int
    consent_id: int
    step_key: str
    step_kind: StepKind
    purpose: Purpose
    channel: Channel
    lane: Lane
    state: ReminderStatus
    state_reason: str
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    time_zone: str
    occasion: int = 0
    decided: tuple[tuple[str, str | None], ...]


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    kind: TaskKind
    title: str
    step_key: str | None
    due_at: datetime | None


class Remembered(msgspec.Struct, frozen=True):
    """What an idempotency key was used for before."""

    result_id: int
    is_same_input: bool


class Clinics(Protocol):
    def named(self, name: str) -> ClinicRecord | None: ...
    def add(self, clinic: ClinicRecord, senders: Sequence[Sender]) -> ClinicRecord:
        """Add and answer with its id; the id given is ignored."""
        ...

    def get(self, ids: Collection[int]) -> Mapping[int, ClinicRecord]: ...
    def sending_channels(self, clinic_id: int) -> Collection[Channel]:
        """Find the channels that the clinic has an address of its own for."""
        ...

    def every(self) -> Sequence[ClinicRecord]: ...


class Senders(Protocol):
    def put(self, clinic_id: int, new: Sender) -> SenderRecord:
        """Add an address or change its traits; the first of a channel is its default."""
        ...

    def list(self, clinic_id: int | None) -> tuple[SenderRecord, ...]: ...


class Patients(Protocol):
    def add(self, scope: Scope, patient: NewPatient) -> int: ...
    def add_contact(self, scope: Scope, patient_id: int, contact: NewContact) -> int: ...
    def standing(
        self, scope: Scope, contacts: Collection[NewContact]
    ) -> Mapping[Channel, Collection[SuppressionReason]]:
        """Find what suppressions stand for addresses, whoever has them."""
        ...

    def lock(self, key: Key) -> bool:
        """Hold a patient until the transaction ends; False when there is none, or none any more."""
        ...

    def get(self, keys: Collection[Key]) -> Mapping[Key, Patient]: ...
    def claim_reference(self, scope: Scope, reference: str) -> int | None:
        """Find who has a reference; whoever else claims it waits for the transaction to end."""
        ...

    def referred(self, references: Collection[tuple[Scope, str]]) -> Mapping[Referred, int]:
        """Find ids by references, each within its scope."""
        ...


class Consents(Protocol):
    def add(self, scope: Scope, consent: NewConsent) -> int: ...


class Plans(Protocol):
    def pin(self, clinic_id: int, plan: AftercarePlan) -> int:
        """Keep a plan as it is now; the same content is kept once."""
        ...

    def is_withdrawn(self, plan: AftercarePlan) -> bool:
        """Whether this version of a plan was recalled."""
        ...

    def get(self, keys: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], AftercarePlan]:
        """Find pinned plans by (clinic id, plan version id)."""
        ...


class Enrollments(Protocol):
    def add(self, scope: Scope, enrollment: NewEnrollment) -> Enrollment: ...
    def get(self, keys: Collection[Key]) -> Mapping[Key, Enrollment]: ...
    def lock(self, key: Key) -> Enrollment | None: ...
    def active(self, key: Key) -> Sequence[Enrollment]:
        """Find the active enrollments of a patient."""
        ...

    def pages(self, asks: Sequence[ListEnrollments]) -> Sequence[Sequence[Enrollment]]:
        """Read a page for each ask, with one enrollment more where there are further ones."""
        ...

    def claim_reference(self, scope: Scope, reference: str) -> int | None:
        """Find who has a reference; whoever else claims it waits for the transaction to end."""
        ...

    def referred(self, references: Collection[tuple[Scope, str]]) -> Mapping[Referred, int]:
        """Find ids by references, each within its scope."""
        ...

    def cancel(self, key: Key, reason: str | None) -> None: ...


class Reminders(Protocol):
    def plan(
        self, scope: Scope, enrollment: Enrollment, reminders: Sequence[NewReminder]
    ) -> Sequence[int]:
        """Add what is not planned yet, in one statement, and answer with the ids added."""
        ...

    def denied(self, key: Key) -> Mapping[tuple[str, Channel], int]:
        """Find steps of an enrollment that were skipped for want of permission.

        By (step key, channel), with the occasion of the newest reminder, which is the one skipped.
        """
        ...

    def cancel_unsent(self, key: Key, code: str) -> Sequence[int]:
        """Cancel what has not begun of an enrollment; what is in flight goes on."""
        ...

    def pages(self, asks: Sequence[ListReminders]) -> Sequence[Sequence[StoredReminder]]:
        """Read a page for each ask, with one reminder more where there are further ones."""
        ...

    def get(self, keys: Collection[Key]) -> Mapping[Key, StoredReminder]: ...
    def carried(
        self, places: Collection[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Sequence[StoredReminder]]:
        """Find what is merged into a reminder, by its (clinic id, reminder id)."""
        ...

    def attempts(
        self, places: Collection[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Sequence[AttemptRecord]]:
        """Find attempts with their receipts by (clinic id, reminder id)."""
        ...

    def decisions(
        self, places: Collection[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Sequence[Taken]]: ...


class Visits(Protocol):
    """What is said in one message, and the enrollments whose messages may be."""

    def lock(self, scope: Scope, enrollment: Enrollment) -> Sequence[VisitMessage]:
        """Hold what has not left of the enrollment, or of its whole visit."""
        ...

    def states(self, clinic_id: int, ids: Collection[int]) -> Mapping[int, ReminderStatus]: ...
    def apply(self, clinic_id: int, regrouping: Regrouping) -> Sequence[int]:
        """Change who carries whom; answers with the ids of the messages that moved."""
        ...


class Tasks(Protocol):
    def open(
        self, scope: Scope, patient_id: int, enrollment_id: int, tasks: Sequence[NewTask]
    ) -> None: ...
    def close_of(self, key: Key, by: str) -> None:
        """Close the open steps of an enrollment that nobody needs to see to any more."""
        ...


class Chains(Protocol):
    """Whom clinics alert."""

    def is_chain_proven(self, clinic_id: int) -> bool:
        """Whether somebody whom the clinic alerts has confirmed a test."""
        ...


class Memory(Protocol):
    """Idempotency keys."""

    def recall(self, scope: Scope, mutation: str, key: str, given: bytes) -> Remembered | None:
        """Look a key up; a second caller with the same key waits for the first to end."""
        ...

    def remember(
        self, scope: Scope, mutation: str, key: str, given: bytes, result_id: int
    ) -> None: ...


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """The books of one transaction. `now` says product time, the same throughout."""

    now: Callable[[], datetime]
    announce: Callable[[Event], None]  # once all this has committed
    clinics: Clinics
    senders: Senders
    patients: Patients
    consents: Consents
    plans: Plans
    enrollments: Enrollments
    reminders: Reminders
    tasks: Tasks
    visits: Visits
    chains: Chains
    memory: Memory
