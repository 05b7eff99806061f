"""Messages that correct an earlier one."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Purpose
from services.contracts.reminders import Scope
from services.contracts.words import ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.core.reasons import Reason
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.decisions import decide
from services.reminders.database.repository import Repository
from services.reminders.database.tables import outbound
from services.reminders.enrollments.domain.correction import Correction, SentCorrection

_NOT_SENT = (
    ReminderStatus.CANCELLED,
    ReminderStatus.SKIPPED,
    ReminderStatus.EXPIRED,
    ReminderStatus.FAILED,
)
_WAITS = (ReminderStatus.SCHEDULED, ReminderStatus.QUEUED)


class CorrectionRepository(Repository):
    def since(self, patient: Key, since: datetime) -> list[SentCorrection]:
        """Lock a patient's corrections in order of due times, except those that were not sent."""
        corrections = self._connection.execute(
            sa.select(
                *(outbound.c[name] for name in ("id", "enrollment_id", "channel", "due_at")),
                outbound.c.state.in_(_WAITS).label("waits"),
            )
            .where(
                outbound.c.clinic_id == patient.clinic_id,
                outbound.c.mode == patient.mode,
                outbound.c.patient_id == patient.id,
                outbound.c.kind == OutboundKind.CORRECTION,
                outbound.c.due_at >= since,
                outbound.c.state.not_in(_NOT_SENT),
            )
            .order_by(outbound.c.due_at)
            .with_for_update(key_share=True)
        )
        return [SentCorrection(**row) for row in corrections.mappings()]

    def cancel(self, clinic_id: int, correction_id: int) -> None:
        """Cancel one that a newer correction replaces; a worker that has claimed it loses it."""
        self._connection.execute(
            sa.update(outbound)
            .where(
                outbound.c.clinic_id == clinic_id,
                outbound.c.id == correction_id,
                outbound.c.state.in_(_WAITS),
            )
            .values(
                state=ReminderStatus.CANCELLED,
                state_reason=Reason.NEWER_CORRECTION,
                state_at=product_now,
                token=outbound.c.token + 1,
                owner=None,
                lease_until=None,
            )
        )
        decide(self._connection, [(clinic_id, correction_id)], Reason.NEWER_CORRECTION)

    def add(self, scope: Scope, new: Correction) -> int:
        seal = self._vault.seal_text
        values = msgspec.structs.asdict(new)
        subject, text = values.pop("subject"), values.pop("text")
        return self._connection.execute(
            sa.insert(outbound)
            .values(
                **values,
                clinic_id=scope.clinic_id,
                kind=OutboundKind.CORRECTION,
                mode=scope.mode,
                purpose=Purpose.CARE,
                lane=Priority.URGENT.value,
                state=ReminderStatus.SCHEDULED,
                state_at=product_now,
                subject_sealed=subject and seal(subject, context=contexts.SUBJECT),
                body_sealed=seal(text, context=contexts.BODY),
                created_at=product_now,
            )
            .returning(outbound.c.id)
        ).scalar_one()
