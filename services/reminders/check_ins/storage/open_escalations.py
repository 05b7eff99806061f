"""Escalations that are not resolved yet, and new rounds of alerts about them."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.escalation import NewEscalation, OpenEscalation
from services.reminders.check_ins.storage.escalations import reason_of
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import escalation


class OpenEscalations:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def lock(self, clinic_id: int, enrollment_id: int) -> OpenEscalation | None:
        """Lock and read the open escalation of an enrollment."""
        row = self._connection.execute(
            sa.select(escalation)
            .where(
                escalation.c.clinic_id == clinic_id,
                escalation.c.enrollment_id == enrollment_id,
                escalation.c.resolved_at.is_(None),
            )
            .with_for_update()
        ).first()
        if row is None:
            return None
        return OpenEscalation(
            clinic_id=row.clinic_id,
            id=row.id,
            level=row.level,
            reason=reason_of(row, self._vault),
            acknowledged_at=row.acknowledged_at,
            acknowledged_by=row.acknowledged_by,
        )

    def alert_again(self, opened: OpenEscalation, new: NewEscalation) -> None:
        """Begin another round of alerts at the first tier. The reason keeps what came before."""
        reason = self._vault.seal_text(
            opened.history(new.reason), context=contexts.ESCALATION_REASON
        )
        self._connection.execute(
            sa.update(escalation)
            .where(escalation.c.clinic_id == opened.clinic_id, escalation.c.id == opened.id)
            .values(
                level=sa.case(
                    (escalation.c.level == CheckInLevel.RED, CheckInLevel.RED), else_=new.level
                ),
                reason_sealed=reason,
                must_phone=escalation.c.must_phone | sa.literal(new.must_phone),
                acknowledged_at=None,
                acknowledged_by=None,
                round=escalation.c.round + 1,
                rung=0,
                alerted_from=product_now,
                alert_at=product_now,
            )
        )

    def must_phone(self, opened: OpenEscalation) -> None:
        self._connection.execute(
            sa.update(escalation)
            .where(escalation.c.clinic_id == opened.clinic_id, escalation.c.id == opened.id)
            .values(must_phone=True)
        )
