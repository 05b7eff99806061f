"""Ends the care of a patient who is erased, and records the erasure."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import CheckInLevel, EnrollmentStatus, ReminderStatus
from services.reminders.core.enrollment import RUNNING
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import origins
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.decisions import give_up
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    check_in,
    enrollment,
    escalation,
    outbound,
    patient,
    staff_task,
)
from services.reminders.privacy.storage.personal_data import is_of, is_task_of, update_if_different


class ErasureRepository(Repository):
    def lock(self, key: Key) -> bool:
        """Lock the patient, so that no rows that refer to them can be added.

        Returns False if there is no such patient.
        """
        locked = self._connection.execute(
            sa.select(patient.c.id)
            .where(*is_of(patient, key, "id"), patient.c.mode == key.mode)
            .with_for_update()
        )
        return locked.first() is not None

    def has_open_escalation(self, key: Key) -> bool:
        is_open = sa.exists().where(*is_of(escalation, key), escalation.c.resolved_at.is_(None))
        return self._connection.execute(sa.select(is_open)).scalar_one()

    def end_care(self, key: Key, by: str) -> Sequence[int]:
        """End enrollments, tasks, check-ins and unsent messages. Returns the cancelled messages."""
        self._connection.execute(
            sa.update(enrollment)
            .where(
                *is_of(enrollment, key),
                enrollment.c.status.in_(RUNNING),
            )
            .values(status=EnrollmentStatus.CANCELLED, ended_at=product_now)
        )
        self._connection.execute(
            sa.update(staff_task)
            .where(is_task_of(key), staff_task.c.done_at.is_(None))
            .values(done_at=product_now, done_by=by)
        )
        update_if_different(
            self._connection,
            check_in,
            *is_of(check_in, key),
            check_in.c.level == CheckInLevel.WAITING,
            level=CheckInLevel.UNREACHED,
            nudge_at=None,
        )
        cancelled = give_up(
            self._connection,
            ReminderStatus.CANCELLED,
            Reason.PATIENT_ERASED,
            *is_of(outbound, key),
            outbound.c.kind != OutboundKind.STAFF_ALERT,
            outbound.c.state.in_(origins(ReminderStatus.CANCELLED)),
        )
        return [outbound_id for _, outbound_id in cancelled]

    def mark_erased(self, key: Key, by: str, reason: str) -> None:
        """Record who erased the patient first, and why."""
        update_if_different(
            self._connection,
            patient,
            *is_of(patient, key, "id"),
            patient.c.erased_at.is_(None),
            erased_at=product_now,
            erased_by=by,
            erase_reason_sealed=self._vault.seal_text(reason, context=contexts.ERASE_REASON),
        )
