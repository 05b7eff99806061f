"""What is kept about a patient, for how long, and who has seen it.

These asks go to the reminders service, on its stream, and obey its `Scope`.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from services.contracts.ask import RemindersAsk, RemindersCommand
from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal
from services.contracts.reminders import EnrollmentRecord, PatientRecord, Record, Scope
from services.contracts.words import SuppressionReason


# ---------------------------------------------------------------- erasing
class EraseReply(Record, frozen=True, kw_only=True):
    patient_id: int | None = None
    refusals: tuple[Refusal, ...] = ()


class ErasePatient(RemindersCommand[EraseReply], frozen=True, kw_only=True):
    """Forget who a patient is and what was said; erasing twice changes nothing.

    What stays names nobody: that messages were sent, that consent was given and how, and the
    keyed digests of addresses that must not be used. Needs ADMIN, and a reason.
    """

    timeout_seconds: ClassVar[float] = 10.0
    scope: Scope
    patient_id: int
    reason: str


# ---------------------------------------------------------------- exporting
class ConsentProof(Record, frozen=True, kw_only=True):
    """What the ledger's entry of this id rests on."""

    consent_id: int
    evidence: str | None
    obtained_at: datetime | None


class MessageSent(Record, frozen=True, kw_only=True):
    """A message to the patient, whatever its kind; `text` is None until it is begun."""

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
    """Everything that is kept about a patient, in the clear."""

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


class ExportPatient(RemindersAsk[PatientExport | None], frozen=True, kw_only=True):
    timeout_seconds: ClassVar[float] = 30.0
    scope: Scope
    reference: str | None = None
    patient_id: int | None = None


# ---------------------------------------------------------------- who saw or changed what
class AuditKind(StrEnum):
    READ = "READ"
    CHANGE = "CHANGE"


class AuditRecord(Record, frozen=True, kw_only=True):
    """That somebody read or changed something; never what it said.

    `action` is the ask's name; `fields` are those that were given or shown.
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


class ListAudit(RemindersAsk[AuditPage | None], frozen=True, kw_only=True):
    """Of one patient, by the clinic's reference or by number; None when there is none."""

    timeout_seconds: ClassVar[float] = 5.0
    scope: Scope
    reference: str | None = None
    patient_id: int | None = None
    limit: int
    after: int | None = None


# ---------------------------------------------------------------- files that come in
LARGEST_BATCH: Final = 200
"""Rows in one ask: more would outlast its deadline."""


class ImportKind(StrEnum):
    PATIENTS = "PATIENTS"
    SUPPRESSIONS = "SUPPRESSIONS"


class Row(Record, frozen=True, kw_only=True):
    """One line of a file, its columns by name; empty ones are left out."""

    line: int
    values: dict[str, str]


class RowFault(Record, frozen=True, kw_only=True):
    """Why a line was refused; repeats nothing that it says."""

    line: int
    column: str | None
    reason: str


class ImportJob(Record, frozen=True, kw_only=True, tag=True):
    """`done_through`: the last line up to which every row was dealt with. A rehearsal has no id."""

    id: int | None
    done_through: int
    added: int
    known: int
    refused: int


class StartImport(RemindersCommand[ImportJob | Refusal], frozen=True, kw_only=True):
    """Begin to import a file, or go on where an earlier run of the same file ended.

    `digest` is of the file's bytes; `columns` are those its first line names.
    """

    scope: Scope
    kind: ImportKind
    digest: str
    columns: tuple[str, ...]
    is_rehearsal: bool = False


class BatchReply(Record, frozen=True, kw_only=True, tag=True):
    """`known`: were there already, and were left as they are."""

    added: int
    known: int
    faults: tuple[RowFault, ...]


class ImportRows(RemindersCommand[BatchReply | Refusal], frozen=True, kw_only=True):
    """Take rows of a job, each once; a rehearsal finds the same faults and keeps nothing.

    Without a job it is a rehearsal.
    """

    timeout_seconds: ClassVar[float] = 30.0
    scope: Scope
    kind: ImportKind
    job_id: int | None
    rows: tuple[Row, ...]


class ListImportFaults(RemindersAsk[tuple[RowFault, ...]], frozen=True, kw_only=True):
    """The rows of a job that were refused, by line."""

    timeout_seconds: ClassVar[float] = 5.0
    scope: Scope
    job_id: int
    after: int = 0
    limit: int = 1000


# ---------------------------------------------------------------- how long it is kept
class Keeping(Record, frozen=True, kw_only=True, tag=True):
    """`kind` is one of the retention table's; `overdue`: rows that will be purged next."""

    kind: str
    days: int
    is_own: bool  # the clinic's own, not the default
    overdue: int


class ShowRetention(RemindersAsk[tuple[Keeping, ...]], frozen=True, kw_only=True):
    """How long each kind of data of a clinic is kept, and how much of it is overdue."""

    timeout_seconds: ClassVar[float] = 30.0
    clinic_id: int


class SetRetention(RemindersCommand[Keeping | Refusal], frozen=True, kw_only=True):
    """No `days`: as by default."""

    clinic_id: int
    kind: str
    days: int | None
    actor: str


class SuppressionGiven(Record, frozen=True, kw_only=True):
    """A suppression as a file states it."""

    channel: Channel
    address: str
    reason: SuppressionReason
    since: datetime | None
    evidence: str | None
