"""What was done to enrollments, kept as it was answered."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.reminders.core.enrollment import EventKind
from services.reminders.core.key import Key
from services.reminders.database.repository import Repository
from services.reminders.database.tables import enrollment_event


class EnrollmentEventRepository(Repository):
    def add(self, key: Key, kind: EventKind, actor: str, content: bytes) -> int:
        return self._connection.execute(
            sa.insert(enrollment_event)
            .values(
                clinic_id=key.clinic_id,
                enrollment_id=key.id,
                at=product_now,
                kind=kind,
                actor=actor,
                content=content,
            )
            .returning(enrollment_event.c.id)
        ).scalar_one()

    def get(self, clinic_id: int, event_id: int) -> tuple[int, bytes]:
        """Return the id of the event's enrollment, and the event's content."""
        row = self._connection.execute(
            sa.select(enrollment_event.c.enrollment_id, enrollment_event.c.content).where(
                enrollment_event.c.clinic_id == clinic_id, enrollment_event.c.id == event_id
            )
        ).one()
        return row.enrollment_id, row.content
