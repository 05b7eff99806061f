"""The texts that were sent to a patient, or came from one address, a short time ago."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.incoming import RecordInbound
from services.contracts.plain_text import without_invisible
from services.reminders.check_ins.domain.follow_up import MAY_HAVE_ARRIVED
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.consent.storage.address_owners import AddressOwners
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.seal_contexts import address_indexes
from services.reminders.database.tables import inbound_message, outbound, staff_task

_QUOTED: Final = 6
"""How many of our last texts a reply may quote."""

_A_DAY: Final = timedelta(days=1)
_COMPARED: Final = 50


class RecentTexts:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def sent_to(self, owners: Sequence[AddressOwner]) -> tuple[str, ...]:
        """The last texts of ours that may have reached these addresses, newest first."""
        contacts = {(owner.clinic_id, owner.contact_point_id) for owner in owners}
        patients = {(owner.clinic_id, owner.patient_id) for owner in owners}
        if not contacts:
            return ()
        bodies = self._connection.execute(
            sa.select(outbound.c.body_sealed)
            .where(
                sa.tuple_(outbound.c.clinic_id, outbound.c.patient_id).in_(patients),
                sa.tuple_(outbound.c.clinic_id, outbound.c.contact_point_id).in_(contacts),
                outbound.c.state.in_(MAY_HAVE_ARRIVED),
                outbound.c.body_sealed.is_not(None),
            )
            .order_by(outbound.c.state_at.desc(), outbound.c.id.desc())
            .limit(_QUOTED)
        )
        return tuple(
            self._vault.open_text(body, context=contexts.BODY)
            for body in bodies.scalars()
            if body is not None
        )

    def repeats(self, clinic_id: int, inbound: RecordInbound, *, by_holding_task: bool) -> bool:
        """Whether a task is open for the same text, from the same address in the last day.

        Case and spacing do not count: carriers change them. With `by_holding_task`, only a task
        that holds messages counts. Texts of one moment are compared one after the other.
        """
        indexes = address_indexes(self._vault, inbound.channel, inbound.their_address)
        self._connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(indexes[0].hex(), 9)))
        )
        has_task = (
            sa.exists()
            .where(
                staff_task.c.clinic_id == inbound_message.c.clinic_id,
                staff_task.c.inbound_id == inbound_message.c.id,
                staff_task.c.done_at.is_(None),
                sa.or_(sa.literal(not by_holding_task), staff_task.c.holds_sending),
            )
            .correlate(inbound_message)
        )
        texts = self._connection.execute(
            sa.select(inbound_message.c.text_sealed)
            .where(
                inbound_message.c.clinic_id == clinic_id,
                inbound_message.c.address_index.in_(indexes),
                inbound_message.c.received_at > inbound.received_at - _A_DAY,
                inbound_message.c.text_sealed.is_not(None),
                has_task,
            )
            .order_by(inbound_message.c.received_at.desc())
            .limit(_COMPARED)
        )
        text_now = _alike(inbound.text)
        return any(
            _alike(self._vault.open_text(text, context=contexts.INBOUND_TEXT)) == text_now
            for text in texts.scalars()
            if text is not None
        )

    def owners_of(self, clinic_id: int, inbound_id: int) -> tuple[AddressOwner, ...]:
        """The patients of the clinic whose current address a text came from."""
        row = self._connection.execute(
            sa.select(inbound_message.c.channel, inbound_message.c.their_address_sealed).where(
                inbound_message.c.clinic_id == clinic_id, inbound_message.c.id == inbound_id
            )
        ).first()
        if row is None or row.their_address_sealed is None:
            return ()
        address = self._vault.open_text(row.their_address_sealed, context=contexts.INBOUND_ADDRESS)
        owners = AddressOwners(self._connection, self._vault)
        return owners.owners((clinic_id,), row.channel, address)


def _alike(text: str) -> str:
    return " ".join(without_invisible(text).casefold().split())
