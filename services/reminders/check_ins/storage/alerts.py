"""Alerts that were sent to staff, and their acknowledgments."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.words import Mode
from services.reminders.check_ins.domain.alert import NewAlert, StoredAlert
from services.reminders.core.structs import struct_from
from services.reminders.database.fragments import is_row
from services.reminders.database.repository import Repository
from services.reminders.database.tables import alert, alert_contact, escalation


class AlertRepository(Repository):
    def add(self, new: NewAlert) -> int | None:
        """Returns None if this contact was alerted at this tier of this round before."""
        statement = (
            insert(alert)
            .values(
                clinic_id=new.clinic_id,
                escalation_id=new.escalation_id,
                alert_contact_id=new.alert_contact_id,
                round=new.round,
                rung=new.tier,
                sent_at=product_now,
            )
            .on_conflict_do_nothing()
            .returning(alert.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def set_outbound(self, clinic_id: int, alert_id: int, outbound_id: int) -> None:
        self._connection.execute(
            sa.update(alert)
            .where(alert.c.clinic_id == clinic_id, alert.c.id == alert_id)
            .values(outbound_id=outbound_id)
        )

    def get(self, clinic_id: int, alert_id: int) -> StoredAlert | None:
        row = self._connection.execute(
            sa.select(alert, escalation.c.mode)
            .outerjoin(escalation, is_row(escalation, alert, "escalation_id"))
            .where(alert.c.clinic_id == clinic_id, alert.c.id == alert_id)
        ).first()
        return None if row is None else struct_from(StoredAlert, row, mode=row.mode or Mode.LIVE)

    def confirm(self, clinic_id: int, alert_id: int, by: str) -> None:
        """Record the first acknowledgment. For a test alert, it proves the contact."""
        confirmed = self._connection.execute(
            sa.update(alert)
            .where(
                alert.c.clinic_id == clinic_id,
                alert.c.id == alert_id,
                alert.c.acknowledged_at.is_(None),
            )
            .values(acknowledged_at=product_now, acknowledged_by=by)
            .returning(alert.c.alert_contact_id, alert.c.escalation_id)
        ).first()
        if confirmed is not None and confirmed.escalation_id is None:
            self._connection.execute(
                sa.update(alert_contact)
                .where(
                    alert_contact.c.clinic_id == clinic_id,
                    alert_contact.c.id == confirmed.alert_contact_id,
                )
                .values(proven_at=product_now)
            )
