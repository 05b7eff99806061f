"""Whom a clinic alerts, and the alerts they were sent."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import CannotOpen, Vault
from services.contracts.words import Mode
from services.reminders.check_ins.domain.alert_chain import OPERATOR_TIER
from services.reminders.check_ins.usecases.check_in_ports import (
    AlertContact,
    NewAlert,
    NewAlertContact,
    StoredAlert,
)
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_index, address_indexes
from services.reminders.database.tables import alert, alert_contact, escalation, outbound
from services.reminders.database.unnest import among
from services.reminders.delivery.domain.dispatch import Claim

Row = sa.Row[*tuple[Any, ...]]


class AlertContactTable:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def of(self, clinic_id: int) -> Sequence[AlertContact]:
        rows = self._connection.execute(
            sa.select(alert_contact)
            .where(*_standing(clinic_id), alert_contact.c.tier < OPERATOR_TIER)
            .order_by(alert_contact.c.tier, alert_contact.c.id)
        )
        return [self._contact(row) for row in rows]

    def put(self, new: NewAlertContact) -> AlertContact:
        indexes = address_indexes(self._vault, new.channel, new.address)
        same = (
            *_standing(new.clinic_id),
            alert_contact.c.tier == new.tier,
            alert_contact.c.hours == new.hours,
            alert_contact.c.channel == new.channel,
            alert_contact.c.address_index.in_(indexes),
        )
        known = self._connection.execute(sa.select(alert_contact).where(*same)).first()
        if known is not None:
            return self._contact(known)
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
                *_standing(clinic_id),
                alert_contact.c.id == contact_id,
                alert_contact.c.tier < OPERATOR_TIER,
            )
            .values(removed_at=product_now)
            .returning(alert_contact)
        ).first()
        return None if row is None else self._contact(row)

    def is_chain_proven(self, clinic_id: int) -> bool:
        proven = sa.exists().where(
            *_standing(clinic_id),
            alert_contact.c.tier < OPERATOR_TIER,
            alert_contact.c.proven_at.is_not(None),
        )
        return self._connection.execute(sa.select(proven)).scalar_one()

    def _contact(self, row: Row) -> AlertContact:
        try:
            address = self._vault.open_text(row.address_sealed, context=contexts.ALERT_ADDRESS)
        except CannotOpen:  # its key is gone: it fails when it is sent to, and not before
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


class AlertTable:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: NewAlert) -> int | None:
        statement = (
            insert(alert)
            .values(
                clinic_id=new.clinic_id,
                escalation_id=new.escalation_id,
                alert_contact_id=new.alert_contact_id,
                rung=new.rung,
                sent_at=product_now,
            )
            .on_conflict_do_nothing()
            .returning(alert.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def sent_as(self, clinic_id: int, alert_id: int, outbound_id: int) -> None:
        self._connection.execute(
            sa.update(alert)
            .where(alert.c.clinic_id == clinic_id, alert.c.id == alert_id)
            .values(outbound_id=outbound_id)
        )

    def get(self, clinic_id: int, alert_id: int) -> StoredAlert | None:
        row = self._connection.execute(
            sa.select(alert, escalation.c.mode)
            .outerjoin(
                escalation,
                (escalation.c.clinic_id == alert.c.clinic_id)
                & (escalation.c.id == alert.c.escalation_id),
            )
            .where(alert.c.clinic_id == clinic_id, alert.c.id == alert_id)
        ).first()
        return (
            row
            if row is None
            else StoredAlert(
                clinic_id=row.clinic_id,
                id=row.id,
                escalation_id=row.escalation_id,
                mode=row.mode or Mode.LIVE,
                sent_at=row.sent_at,
                acknowledged_at=row.acknowledged_at,
                acknowledged_by=row.acknowledged_by,
            )
        )

    def confirm(self, clinic_id: int, alert_id: int, by: str) -> None:
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


def _standing(clinic_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return alert_contact.c.clinic_id == clinic_id, alert_contact.c.removed_at.is_(None)


def staff_addresses(
    connection: sa.Connection, claims: Sequence[Claim], vault: Vault
) -> Iterator[tuple[tuple[int, int], str, tuple[bytes, ...]]]:
    """The message's key, its address and the address's indexes, of messages to staff.

    One that cannot be read is left out: its message fails, and the next tier is told.
    """
    alerts = {one.key for one in claims if one.kind is OutboundKind.STAFF_ALERT}
    if not alerts:
        return
    statement = (
        sa.select(outbound.c.id.label("outbound_id"), alert_contact)
        .join(
            alert_contact,
            (alert_contact.c.clinic_id == outbound.c.clinic_id)
            & (alert_contact.c.id == outbound.c.alert_contact_id),
        )
        .where(among((outbound.c.clinic_id, outbound.c.id), alerts))
    )
    for row in connection.execute(statement):
        with contextlib.suppress(CannotOpen):
            plain = vault.open_text(row.address_sealed, context=contexts.ALERT_ADDRESS)
            yield (
                (row.clinic_id, row.outbound_id),
                plain,
                tuple(address_indexes(vault, row.channel, plain)),
            )
