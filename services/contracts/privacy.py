"""What is stored about a patient, for how long, and who has seen it.

The reminders service answers these asks within their `Scope`.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from services.contracts.ask import RemindersAsk, RemindersCommand
from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal
from services.contracts.reminders import (
    EnrollmentRecord,
    PatientRecord,
    Record,
    Reply,
    ScopedAsk,
    ScopedCommand,
)
from services.contracts.words import SuppressionReason


# ---------------------------------------------------------------- erasing
class EraseReply(Reply, frozen=True, kw_only=True):
    patient_id: int | None = None


class ErasePatient(ScopedCommand[EraseReply], frozen=True, kw_only=True):
    """Erase who a patient is and all texts. Safe to repeat. Needs ADMIN and a reason.

    What stays identifies nobody: that messages were sent, how consent was given, and keyed digests
    of addresses that must not be used.
    """

    timeout_seconds: ClassVar[float] = 10.0
    patient_id: int
    reason: str


# ---------------------------------------------------------------- exporting
class ConsentProof(Record, frozen=True, kw_only=True):
    consent_id: int
    evidence: str | None
    obtained_at: datetime | None


class MessageSent(Record, frozen=True, kw_only=True):
    """A message to the patient, of any kind. `text` is None until sending begins."""

    id: int
    kind: str
    enrollment_id: int | None
    step_key: str | None
    purpose: Purpose
    channel: Channel
    state: str
    state_reason: str | None
    due_at: datetime
    state_at: datetime
    subject: str | None
    text: str | None


class MessageReceived(Record, frozen=True, kw_only=True):
    id: int
    channel: Channel
    received_at: datetime
    text: str | None
    understood_as: str


class FormerAddress(Record, frozen=True, kw_only=True):
    channel: Channel
    address: str
    replaced_at: datetime


class CheckInAnswer(Record, frozen=True, kw_only=True):
    id: int
    enrollment_id: int
    step_key: str
    opened_at: datetime
    answered_at: datetime | None
    answered_via: str | None
    answer: str | None
    level: str


class TaskNote(Record, frozen=True, kw_only=True):
    id: int
    kind: str
    title: str
    opened_at: datetime
    done_at: datetime | None
    note: str | None


class EscalationNote(Record, frozen=True, kw_only=True):
    id: int
    level: str
    reason: str | None
    opened_at: datetime
    resolved_at: datetime | None
    outcome: str | None
    note: str | None


class PatientExport(Record, frozen=True, kw_only=True):
    """Everything that is stored about a patient, unencrypted."""

    exported_at: datetime
    clinic: str
    patient: PatientRecord
    former_addresses: tuple[FormerAddress, ...]
    consent_proofs: tuple[ConsentProof, ...]
    enrollments: tuple[EnrollmentRecord, ...]
    messages: tuple[MessageSent, ...]
    replies: tuple[MessageReceived, ...]
    check_ins: tuple[CheckInAnswer, ...]
    tasks: tuple[TaskNote, ...]
    escalations: tuple[EscalationNote, ...]


class ExportPatient(ScopedAsk[PatientExport | None], frozen=True, kw_only=True):
    timeout_seconds: ClassVar[float] = 30.0
    reference: str | None = None
    patient_id: int | None = None


# ---------------------------------------------------------------- who saw or changed what
class AuditKind(StrEnum):
    READ = "READ"
    CHANGE = "CHANGE"


class AuditRecord(Record, frozen=True, kw_only=True):
    """A read or change of patient data, without the values.

    `action` is the name of the ask; `fields` are those that were given or shown.
    """

    id: int
    at: datetime
    actor: str
    role: str
    kind: AuditKind
    action: str
    patient_id: int | None
    fields: tuple[str, ...]


class AuditPage(Record, frozen=True, kw_only=True):
    """In order of id, newest first."""

    items: tuple[AuditRecord, ...]
    has_more: bool


class ListAudit(ScopedAsk[AuditPage | None], frozen=True, kw_only=True):
    """List the audit of a patient, by the clinic's reference or our number. None if unknown."""

    timeout_seconds: ClassVar[float] = 5.0
    reference: str | None = None
    patient_id: int | None = None
    limit: int
    after: int | None = None


# ---------------------------------------------------------------- files that come in
LARGEST_BATCH: Final = 200
"""Rows in one ask. More would exceed its timeout."""


class ImportKind(StrEnum):
    PATIENTS = "PATIENTS"
    SUPPRESSIONS = "SUPPRESSIONS"


class Row(Record, frozen=True, kw_only=True):
    """One line of a file, with values by column. Empty ones are left out."""

    line: int
    values: dict[str, str]


class RowFault(Record, frozen=True, kw_only=True):
    """Why a line was refused. It does not quote the line."""

    line: int
    column: str | None
    reason: str


class ImportJob(Record, frozen=True, kw_only=True, tag=True):
    """Every row up to the line `done_through` is done. A rehearsal has no id."""

    id: int | None
    done_through: int
    added: int
    known: int
    refused: int


class StartImport(ScopedCommand[ImportJob | Refusal], frozen=True, kw_only=True):
    """Start to import a file, or continue an earlier run of the same file.

    `digest` is that of the file's bytes; `columns` are those in its first line.
    """

    kind: ImportKind
    digest: str
    columns: tuple[str, ...]
    is_rehearsal: bool = False


class BatchReply(Record, frozen=True, kw_only=True, tag=True):
    """`known` rows existed already and were not changed."""

    added: int
    known: int
    faults: tuple[RowFault, ...]


class ImportRows(ScopedCommand[BatchReply | Refusal], frozen=True, kw_only=True):
    """Import rows of a job, each once.

    Without a job it is a rehearsal, which finds the same faults and stores nothing.
    """

    timeout_seconds: ClassVar[float] = 30.0
    kind: ImportKind
    job_id: int | None
    rows: tuple[Row, ...]


class ListImportFaults(ScopedAsk[tuple[RowFault, ...]], frozen=True, kw_only=True):
    """List the refused rows of a job, by line."""

    timeout_seconds: ClassVar[float] = 5.0
    job_id: int
    after: int = 0
    limit: int = 1000


# ---------------------------------------------------------------- how long it is kept
class Keeping(Record, frozen=True, kw_only=True, tag=True):
    """`kind` is one of the retention table. `overdue` counts the rows to be deleted next."""

    kind: str
    days: int
    is_own: bool  # the clinic's own, not the default
    overdue: int


class ShowRetention(RemindersAsk[tuple[Keeping, ...]], frozen=True, kw_only=True):
    """Show how long each kind of a clinic's data is kept, and how much of it is overdue."""

    timeout_seconds: ClassVar[float] = 30.0
    clinic_id: int


class SetRetention(RemindersCommand[Keeping | Refusal], frozen=True, kw_only=True):
    """Set how long a kind of data is kept. Without `days` it is the default."""

    clinic_id: int
    kind: str
    days: int | None
    actor: str


class SuppressionGiven(Record, frozen=True, kw_only=True):
    channel: Channel
    address: str
    reason: SuppressionReason
    since: datetime | None
    evidence: str | None
