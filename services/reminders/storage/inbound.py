"""What patients text us."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.reminders import RecordInbound
from services.contracts.words import TaskKind
from services.reminders.storage import contexts
from services.reminders.storage.tables import (
    contact_point,
    inbound_message,
    sender,
    staff_task,
)
from services.reminders.usecases.opt_out import Person
from services.reminders.usecases.record_inbound import NewInbound


class Inbox:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def senders(self, said: RecordInbound) -> dict[int, int]:
        found = self._connection.execute(
            sa.select(sender.c.clinic_id, sender.c.id).where(
                sender.c.channel == said.channel,
                sender.c.provider == said.provider,
                sender.c.address == said.our_address,
            )
        )
        return {row.clinic_id: row.id for row in found}

    def people(self, clinic_ids: tuple[int, ...], said: RecordInbound) -> tuple[Person, ...]:
        context = contexts.address_index(said.channel)
        found = self._connection.execute(
            sa.select(contact_point.c.clinic_id, contact_point.c.patient_id, contact_point.c.id)
            .where(
                contact_point.c.address_index.in_(
                    self._vault.indexes(said.their_address, context=context)
                ),
                contact_point.c.channel == said.channel,
                contact_point.c.clinic_id.in_(clinic_ids),
                contact_point.c.replaced_at.is_(None),
            )
            .order_by(contact_point.c.clinic_id, contact_point.c.id)
        )
        return tuple(
            Person(clinic_id=row.clinic_id, patient_id=row.patient_id, contact_point_id=row.id)
            for row in found
        )

    def add(self, new: NewInbound, said: RecordInbound) -> int | None:
        person = new.person
        statement = (
            insert(inbound_message)
            .values(
                clinic_id=new.clinic_id,
                patient_id=person.patient_id if person else None,
                contact_point_id=person.contact_point_id if person else None,
                sender_id=new.sender_id,
                channel=said.channel,
                provider=said.provider,
                provider_message_id=said.provider_message_id,
                text_sealed=self._vault.seal_text(said.text, context=contexts.INBOUND_TEXT),
                their_address_sealed=self._vault.seal_text(
                    said.their_address, context=contexts.INBOUND_ADDRESS
                ),
                address_index=self._vault.index(
                    said.their_address, context=contexts.address_index(said.channel)
                ),
                understood_as=str(new.meaning),
                received_at=said.received_at,
            )
            .on_conflict_do_nothing()
            .returning(inbound_message.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def open_task(self, new: NewInbound, inbound_id: int, kind: TaskKind, title: str) -> None:
        self._connection.execute(
            sa.insert(staff_task).values(
                clinic_id=new.clinic_id,
                kind=kind,
                title=title,
                patient_id=new.person.patient_id if new.person else None,
                inbound_id=inbound_id,
                opened_at=product_now,
            )
        )
