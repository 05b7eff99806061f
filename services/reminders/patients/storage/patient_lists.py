"""Pages of patients. Names are sealed and cannot be searched; addresses are found by HMAC."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.patients import ListPatients
from services.reminders.database.address_indexes import address_indexes
from services.reminders.database.tables import contact_point, patient
from services.reminders.patients.domain.address import Address


class PatientListRepository:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def page(self, ask: ListPatients, addresses: Sequence[Address]) -> Sequence[int]:
        """Find ids, newest first, with one more where there are further ones.

        A search looks for its text as a reference, and for the addresses it may be.
        """
        wanted = [
            patient.c.clinic_id == ask.scope.clinic_id,
            patient.c.mode == ask.scope.mode,
        ]
        if ask.after is not None:
            wanted.append(patient.c.id < ask.after)
        if ask.search is not None:
            owners = (self._owners(ask.scope.clinic_id, one) for one in addresses)
            is_referred = patient.c.reference == ask.search
            wanted.append(sa.or_(is_referred, *(patient.c.id.in_(one) for one in owners)))
        query = sa.select(patient.c.id).where(*wanted).order_by(patient.c.id.desc())
        return list(self._connection.execute(query.limit(ask.limit + 1)).scalars())

    def _owners(self, clinic_id: int, address: Address) -> sa.Select[int]:
        """The patients who have an address now, under whichever key it was stored."""
        channel, text = address
        indexes = address_indexes(self._vault, channel, text)
        return sa.select(contact_point.c.patient_id).where(
            contact_point.c.clinic_id == clinic_id,
            contact_point.c.channel == channel,
            contact_point.c.address_index.in_(indexes),
            contact_point.c.replaced_at.is_(None),
        )
