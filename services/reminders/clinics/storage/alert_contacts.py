"""The contacts that a clinic alerts."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import CannotOpen
from services.contracts.check_ins import AddAlertContact
from services.reminders.clinics.domain.alert_contact import (
    OPERATOR_TIER,
    AlertContact,
)
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_index, address_indexes
from services.reminders.database.tables import alert_contact

Row = sa.Row[*tuple[Any, ...]]


class AlertContactRepository(Repository):
    def of_clinic(self, clinic_id: int) -> Sequence[AlertContact]:
        rows = self._connection.execute(
            sa.select(alert_contact)
            .where(*_not_removed(clinic_id), alert_contact.c.tier < OPERATOR_TIER)
            .order_by(alert_contact.c.tier, alert_contact.c.id)
        )
        return [self._contact(row) for row in rows]

    def put(self, new: AddAlertContact) -> AlertContact:
        """Add the contact, or find the one with the same tier, hours and address."""
        values = msgspec.structs.asdict(new)
        address = values.pop("address")
        same = sa.select(alert_contact).where(
            *_not_removed(new.clinic_id),
            *(alert_contact.c[name] == values[name] for name in ("tier", "hours", "channel")),
            alert_contact.c.address_index.in_(address_indexes(self._vault, new.channel, address)),
        )
        stored = self._connection.execute(same).first()
        if stored is not None:
            return self._contact(stored)
        self._connection.execute(
            insert(alert_contact)
            .values(
                **values,
                address_sealed=self._vault.seal_text(address, context=contexts.ALERT_ADDRESS),
                address_index=address_index(self._vault, new.channel, address),
                created_at=product_now,
            )
            .on_conflict_do_nothing()
        )
        return self._contact(self._connection.execute(same).one())

    def remove(self, clinic_id: int, contact_id: int) -> AlertContact | None:
        row = self._connection.execute(
            sa.update(alert_contact)
            .where(
                *_not_removed(clinic_id),
                alert_contact.c.id == contact_id,
                alert_contact.c.tier < OPERATOR_TIER,
            )
            .values(removed_at=product_now)
            .returning(alert_contact)
        ).first()
        return None if row is None else self._contact(row)

    def is_chain_proven(self, clinic_id: int) -> bool:
        """Whether a contact of the clinic has confirmed a test alert."""
        proven = sa.exists().where(
            *_not_removed(clinic_id),
            alert_contact.c.tier < OPERATOR_TIER,
            alert_contact.c.proven_at.is_not(None),
        )
        return self._connection.execute(sa.select(proven)).scalar_one()

    def _contact(self, row: Row) -> AlertContact:
        try:
            address = self._vault.open_text(row.address_sealed, context=contexts.ALERT_ADDRESS)
        except CannotOpen:  # its data key is gone: sending to it fails, listing it does not
            address = ""
        return struct_from(AlertContact, row, address=address)


def _not_removed(clinic_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return alert_contact.c.clinic_id == clinic_id, alert_contact.c.removed_at.is_(None)
