"""What happened to enrollments; append-only."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Named, Table, Text

from services.reminders.core.enrollment import EventKind
from services.reminders.database.columns import INSTANT, OneOf, Owned, metadata, of, only


class EnrollmentEventColumns(Owned):
    enrollment_id: Named[int] = Column(BigInteger)
    at: Named[datetime] = Column(INSTANT)
    kind: Named[EventKind] = Column(OneOf(EventKind))
    actor: Named[str] = Column(Text)
    content: Named[bytes] = Column(LargeBinary)  # MessagePack; says nothing about a person


enrollment_event = Table(
    "enrollment_event",
    metadata,
    EnrollmentEventColumns,
    of("enrollment", "enrollment_id"),
    only("kind", EventKind),
    Index("enrollment_event_enrollment", "clinic_id", "enrollment_id", "id"),
)
