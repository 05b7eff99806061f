"""What patients text us."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.incoming import RecordInbound
from services.contracts.words import AttemptOutcome
from services.reminders.check_ins.domain.inbound import NewInbound, NewTask
from services.reminders.consent.domain.keywords import Meaning
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.consent.storage.address_owners import AddressOwners
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_index, address_indexes
from services.reminders.database.tables import (
    clinic,
    delivery_attempt,
    inbound_message,
    outbound,
    staff_task,
)

_HELPED_FOR = timedelta(hours=1)
_MAY_HAVE_ARRIVED = (AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN)


class InboundRepository:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._audience = AddressOwners(connection, vault)

    def senders(self, said: RecordInbound) -> dict[int, int]:
        """The clinics that send from the address written to: clinic id → sender id."""
        return self._audience.senders(said.channel, said.provider, said.our_address, said.account)

    def people(self, clinic_ids: tuple[int, ...], said: RecordInbound) -> tuple[AddressOwner, ...]:
        """The patients of those clinics whose current address this came from."""
        return self._audience.people(clinic_ids, said.channel, said.their_address)

    def countries(self, clinic_ids: tuple[int, ...]) -> set[str]:
        found = sa.select(clinic.c.country).where(clinic.c.id.in_(clinic_ids))
        return set(self._connection.execute(found).scalars())

    def asked_for_help_before(self, clinic_ids: tuple[int, ...], said: RecordInbound) -> bool:
        """Whether this address asked for help in the hour before."""
        indexes = address_indexes(self._vault, said.channel, said.their_address)
        asked = sa.exists().where(
            inbound_message.c.clinic_id.in_(clinic_ids),
            inbound_message.c.address_index.in_(indexes),
            inbound_message.c.understood_as == str(Meaning.HELP),
            inbound_message.c.received_at > said.received_at - _HELPED_FOR,
            inbound_message.c.provider_message_id != said.provider_message_id,
        )
        return self._connection.execute(sa.select(asked)).scalar_one()

    def add(self, new: NewInbound, said: RecordInbound) -> int | None:
        """Keep it, sealed, with the message it answers; None when it was kept before."""
        person = new.person
        statement = (
            insert(inbound_message)
            .values(
                clinic_id=new.clinic_id,
                patient_id=person.patient_id if person else None,
                contact_point_id=person.contact_point_id if person else None,
                sender_id=new.sender_id,
                mode=new.mode,
                media=said.media,
                answers_id=self._last_sent(new),
                channel=said.channel,
                provider=said.provider,
                provider_message_id=said.provider_message_id,
                text_sealed=self._vault.seal_text(said.text, context=contexts.INBOUND_TEXT),
                their_address_sealed=self._vault.seal_text(
                    said.their_address, context=contexts.INBOUND_ADDRESS
                ),
                address_index=address_index(self._vault, said.channel, said.their_address),
                understood_as=new.understood_as,
                check_in_id=new.heard.check_in.key.id
                if new.heard is not None and new.heard.check_in is not None
                else None,
                received_at=said.received_at,
            )
            .on_conflict_do_nothing()
            .returning(inbound_message.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def open_task(self, new: NewInbound, inbound_id: int, task: NewTask) -> int:
        """With the enrollment of the message it answers, so that staff see what it is about."""
        answered = (
            sa.select(outbound.c.enrollment_id, outbound.c.id)
            .join_from(
                inbound_message,
                outbound,
                (outbound.c.clinic_id == inbound_message.c.clinic_id)
                & (outbound.c.id == inbound_message.c.answers_id),
            )
            .where(inbound_message.c.clinic_id == new.clinic_id, inbound_message.c.id == inbound_id)
        )
        about = self._connection.execute(answered).first()
        return self._connection.execute(
            sa.insert(staff_task)
            .values(
                clinic_id=new.clinic_id,
                kind=task.kind,
                title=task.title,
                holds_sending=task.holds_sending,
                patient_id=new.person.patient_id if new.person else None,
                enrollment_id=about.enrollment_id if about else None,
                outbound_id=about.id if about else None,
                inbound_id=inbound_id,
                opened_at=product_now,
            )
            .returning(staff_task.c.id)
        ).scalar_one()

    def _last_sent(self, new: NewInbound) -> int | None:
        """The thread: the last message this person had from the sender they write to."""
        if new.person is None or new.sender_id is None:
            return None
        return self._connection.execute(
            sa.select(delivery_attempt.c.outbound_id)
            .join_from(
                outbound,
                delivery_attempt,
                (delivery_attempt.c.clinic_id == outbound.c.clinic_id)
                & (delivery_attempt.c.outbound_id == outbound.c.id),
            )
            .where(
                outbound.c.clinic_id == new.clinic_id,
                outbound.c.patient_id == new.person.patient_id,
                outbound.c.contact_point_id == new.person.contact_point_id,
                delivery_attempt.c.sender_id == new.sender_id,
                delivery_attempt.c.outcome.in_(_MAY_HAVE_ARRIVED),
            )
            .order_by(delivery_attempt.c.started_at.desc(), delivery_attempt.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
