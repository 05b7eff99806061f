"""The contacts that a clinic alerts."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import CannotOpen, Vault
from services.reminders.clinics.domain.alert_contact import (
    OPERATOR_TIER,
    AlertContact,
    NewAlertContact,
)
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.seal_contexts import address_index, address_indexes
from services.reminders.database.tables import alert_contact

Row = sa.Row[*tuple[Any, ...]]


class AlertContactRepository:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def of_clinic(self, clinic_id: int) -> Sequence[AlertContact]:
        rows = self._connection.execute(
            sa.select(alert_contact)
            .where(*_not_removed(clinic_id), alert_contact.c.tier < OPERATOR_TIER)
            .order_by(alert_contact.c.tier, alert_contact.c.id)
        )
        return [self._contact(row) for row in rows]

    def put(self, new: NewAlertContact) -> AlertContact:
        """Add the contact, or find the one with the same tier, hours and address."""
        indexes = address_indexes(self._vault, new.channel, new.address)
        same = (
            *_not_removed(new.clinic_id),
            alert_contact.c.tier == new.tier,
            alert_contact.c.hours == new.hours,
            alert_contact.c.channel == new.channel,
            alert_contact.c.address_index.in_(indexes),
        )
        stored = self._connection.execute(sa.select(alert_contact).where(*same)).first()
        if stored is not None:
            return self._contact(stored)
        self._connection.execute(
            insert(alert_contact)
            .values(
                clinic_id=new.clinic_id,
                tier=new.tier,
                hours=new.hours,
                channel=new.channel,
                address_sealed=self._vault.seal_text(new.address, context=contexts.ALERT_ADDRESS),
                address_index=address_index(self._vault, new.channel, new.address),
                label=new.label,
                created_at=product_now,
            )
            .on_conflict_do_nothing()
        )
        return self._contact(self._connection.execute(sa.select(alert_contact).where(*same)).one())

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
        return AlertContact(
            id=row.id,
            clinic_id=row.clinic_id,
            tier=row.tier,
            hours=row.hours,
            channel=row.channel,
            address=address,
            label=row.label,
            proven_at=row.proven_at,
        )


def _not_removed(clinic_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return alert_contact.c.clinic_id == clinic_id, alert_contact.c.removed_at.is_(None)
