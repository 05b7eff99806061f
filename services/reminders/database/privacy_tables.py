"""What is kept for how long, who saw it, and what came in by file."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Named,
    Text,
    UniqueConstraint,
)

from services.contracts.privacy import AuditKind, ImportKind
from services.contracts.words import Mode
from services.reminders.core.importing import Outcome
from services.reminders.database.columns import INSTANT, Loose, OneOf, Owned, of, table


class AuditColumns(Loose):
    """Append-only, and the database sees to it; `fields` are names, comma separated.

    No foreign key: a read would have to lock its clinic's row.
    """

    at: Named[datetime] = Column(INSTANT)
    actor: Named[str] = Column(Text)
    role: Named[str] = Column(Text)
    kind: Named[AuditKind] = Column(OneOf(AuditKind))
    action: Named[str] = Column(Text)
    patient_id: Named[int | None] = Column(BigInteger)
    fields: Named[str] = Column(Text)
    command_id: Named[str | None] = Column(Text)  # so that erasing finds the replies it kept


audit = table(
    "audit",
    AuditColumns,
    Index("audit_patient", "clinic_id", "patient_id", "id"),
)


class ImportJobColumns(Owned):
    """A file that is imported; the same file of a clinic and mode is one job."""

    kind: Named[ImportKind] = Column(OneOf(ImportKind))
    mode: Named[Mode] = Column(OneOf(Mode))
    file_index: Named[bytes] = Column(LargeBinary)
    actor: Named[str] = Column(Text)
    started_at: Named[datetime] = Column(INSTANT)


import_job = table(
    "import_job",
    ImportJobColumns,
    UniqueConstraint("clinic_id", "kind", "mode", "file_index"),
)


class ImportRowColumns(Owned):
    """What became of a line; says nothing of what stood in it."""

    job_id: Named[int] = Column(BigInteger)
    line: Named[int] = Column(Integer)
    at: Named[datetime] = Column(INSTANT)
    outcome: Named[Outcome] = Column(OneOf(Outcome))
    field: Named[str | None] = Column(Text)
    reason: Named[str | None] = Column(Text)


import_row = table(
    "import_row",
    ImportRowColumns,
    of("import_job", "job_id"),
    UniqueConstraint("clinic_id", "job_id", "line"),
)


class RetentionColumns(Owned):
    """How long a clinic keeps a kind of data, and up to when it was purged already."""

    kind: Named[str] = Column(Text)
    days: Named[int | None] = Column(Integer)  # None: the default
    purged_through: Named[datetime | None] = Column(INSTANT)


retention = table(
    "retention",
    RetentionColumns,
    UniqueConstraint("clinic_id", "kind"),
    CheckConstraint("days > 0", name="days"),
)
