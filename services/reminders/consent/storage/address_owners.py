"""Finds the clinics that send from an address, and the patients that have an address."""

import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.reminders.consent.domain.opt_out import AddressOwner, ContactedAddress
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_indexes
from services.reminders.database.tables import contact_point, delivery_attempt, patient, sender

_OWNER = (
    contact_point.c.clinic_id,
    contact_point.c.patient_id,
    contact_point.c.id.label("contact_point_id"),
    patient.c.mode,
)
_IS_OWNER = sa.and_(
    patient.c.clinic_id == contact_point.c.clinic_id, patient.c.id == contact_point.c.patient_id
)


class AddressOwners(Repository):
    def senders(
        self, channel: Channel, provider: str, address: str, account: str | None = None
    ) -> dict[int, int]:
        """The clinics that send from an address of ours, by clinic id, with the sender's id.

        A clinic's own account covers only the senders on it. None is the operator's account,
        which covers all of them.
        """
        rows = self._connection.execute(
            sa.select(sender.c.clinic_id, sender.c.id).where(
                sender.c.channel == channel,
                sender.c.provider == provider,
                sender.c.address == address,
                sa.true() if account is None else sender.c.account == account,
            )
        )
        return {row.clinic_id: row.id for row in rows}

    def clinics_sharing_sender(self, clinic_id: int, channel: Channel) -> tuple[int, ...]:
        """The clinic, and those that send from one of its addresses.

        A patient sees the address, and so cannot tell these clinics apart.
        """
        other = sender.alias("other")
        sharing = self._connection.execute(
            sa.select(other.c.clinic_id)
            .join(
                sender,
                (sender.c.channel == other.c.channel) & (sender.c.address == other.c.address),
            )
            .where(sender.c.clinic_id == clinic_id, sender.c.channel == channel)
        )
        return tuple(sorted({clinic_id, *sharing.scalars()}))

    def owners(
        self, clinic_ids: tuple[int, ...], channel: Channel, address: str
    ) -> tuple[AddressOwner, ...]:
        """The patients of these clinics who have the address now."""
        indexes = address_indexes(self._vault, channel, address)
        rows = self._connection.execute(
            sa.select(*_OWNER)
            .join_from(contact_point, patient, _IS_OWNER)
            .where(
                contact_point.c.address_index.in_(indexes),
                contact_point.c.channel == channel,
                contact_point.c.clinic_id.in_(clinic_ids),
                contact_point.c.replaced_at.is_(None),
            )
            .order_by(contact_point.c.clinic_id, contact_point.c.id)
        )
        return tuple(AddressOwner(**row) for row in rows.mappings())

    def contacted(self, clinic_id: int, contact_point_id: int) -> ContactedAddress | None:
        """Read an address that was written to, even if the patient has replaced it since."""
        row = self._connection.execute(
            sa.select(*_OWNER, contact_point.c.channel, contact_point.c.address_sealed)
            .join_from(contact_point, patient, _IS_OWNER)
            .where(contact_point.c.clinic_id == clinic_id, contact_point.c.id == contact_point_id)
        ).first()
        if row is None:
            return None
        address = self._vault.open_text(row.address_sealed, context=contexts.ADDRESS)
        clinic_ids = self.clinics_sharing_sender(clinic_id, row.channel)
        return ContactedAddress(
            owner=struct_from(AddressOwner, row),
            channel=row.channel,
            address=address,
            clinic_ids=clinic_ids,
            owners=self.owners(clinic_ids, row.channel, address),
        )

    def clinics_of_attempt(self, clinic_id: int, attempt_id: int) -> tuple[int, ...]:
        """The clinic, and those that send from the address that the attempt was sent from."""
        used = self._connection.execute(
            sa.select(sender.c.channel, sender.c.provider, sender.c.address)
            .join_from(
                delivery_attempt,
                sender,
                (sender.c.clinic_id == delivery_attempt.c.clinic_id)
                & (sender.c.id == delivery_attempt.c.sender_id),
            )
            .where(delivery_attempt.c.clinic_id == clinic_id, delivery_attempt.c.id == attempt_id)
        ).first()
        if used is None:
            return (clinic_id,)
        sharing = self.senders(used.channel, used.provider, used.address)
        return tuple(sorted({clinic_id, *sharing}))
