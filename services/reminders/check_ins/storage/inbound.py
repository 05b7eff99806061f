"""Texts that patients send."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.incoming import RecordInbound
from services.contracts.words import AttemptOutcome
from services.reminders.check_ins.domain.inbound import InboundTask, NewInbound
from services.reminders.consent.domain.keywords import Meaning
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.consent.storage.address_owners import AddressOwners
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.fragments import is_row
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_index, address_indexes
from services.reminders.database.tables import (
    clinic,
    delivery_attempt,
    inbound_message,
    outbound,
    staff_task,
)

_OF_RECORD = ("clinic_id", "sender_id", "mode", "understood_as")
_OF_TEXT = ("channel", "provider", "provider_message_id", "media", "received_at")
_HELP_INTERVAL = timedelta(hours=1)
_MAY_HAVE_ARRIVED = (AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN)


class InboundRepository(Repository):
    def senders(self, inbound: RecordInbound) -> dict[int, int]:
        """The clinics that send from the address written to, by clinic id, with the sender's id."""
        return AddressOwners(self._connection, self._vault).senders(
            inbound.channel, inbound.provider, inbound.our_address, inbound.account
        )

    def owners(
        self, clinic_ids: tuple[int, ...], inbound: RecordInbound
    ) -> tuple[AddressOwner, ...]:
        """The patients of these clinics whose current address the text came from."""
        owners = AddressOwners(self._connection, self._vault)
        return owners.owners(clinic_ids, inbound.channel, inbound.their_address)

    def countries(self, clinic_ids: tuple[int, ...]) -> set[str]:
        countries = sa.select(clinic.c.country).where(clinic.c.id.in_(clinic_ids))
        return set(self._connection.execute(countries).scalars())

    def asked_for_help_before(self, clinic_ids: tuple[int, ...], inbound: RecordInbound) -> bool:
        """Whether this address asked for help in the hour before this text."""
        indexes = address_indexes(self._vault, inbound.channel, inbound.their_address)
        asked = sa.exists().where(
            inbound_message.c.clinic_id.in_(clinic_ids),
            inbound_message.c.address_index.in_(indexes),
            inbound_message.c.understood_as == str(Meaning.HELP),
            inbound_message.c.received_at > inbound.received_at - _HELP_INTERVAL,
            inbound_message.c.provider_message_id != inbound.provider_message_id,
        )
        return self._connection.execute(sa.select(asked)).scalar_one()

    def add(self, new: NewInbound, inbound: RecordInbound) -> int | None:
        """Store it, sealed, with the message it answers. Returns None if it was stored before."""
        owner, reply = new.owner, new.reply
        statement = (
            insert(inbound_message)
            .values(
                **{name: getattr(new, name) for name in _OF_RECORD},
                **{name: getattr(inbound, name) for name in _OF_TEXT},
                patient_id=owner.patient_id if owner else None,
                contact_point_id=owner.contact_point_id if owner else None,
                answers_id=self._last_sent(new),
                text_sealed=self._vault.seal_text(inbound.text, context=contexts.INBOUND_TEXT),
                their_address_sealed=self._vault.seal_text(
                    inbound.their_address, context=contexts.INBOUND_ADDRESS
                ),
                address_index=address_index(self._vault, inbound.channel, inbound.their_address),
                check_in_id=reply.check_in.key.id if reply and reply.check_in else None,
            )
            .on_conflict_do_nothing()
            .returning(inbound_message.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def open_task(self, new: NewInbound, inbound_id: int, task: InboundTask) -> int:
        """Open it with the enrollment of the message that the text answers."""
        answered = (
            sa.select(outbound.c.enrollment_id, outbound.c.id)
            .join_from(inbound_message, outbound, is_row(outbound, inbound_message, "answers_id"))
            .where(inbound_message.c.clinic_id == new.clinic_id, inbound_message.c.id == inbound_id)
        )
        message = self._connection.execute(answered).first()
        return self._connection.execute(
            sa.insert(staff_task)
            .values(
                clinic_id=new.clinic_id,
                kind=task.kind,
                title=task.title,
                holds_sending=task.holds_sending,
                patient_id=new.owner.patient_id if new.owner else None,
                enrollment_id=message.enrollment_id if message else None,
                outbound_id=message.id if message else None,
                inbound_id=inbound_id,
                opened_at=product_now,
                due_at=task.due_at,
                climbs_at=task.due_at if task.escalates else None,
            )
            .returning(staff_task.c.id)
        ).scalar_one()

    def _last_sent(self, new: NewInbound) -> int | None:
        """The last message that this patient got from the sender they write to."""
        if new.owner is None or new.sender_id is None:
            return None
        return self._connection.execute(
            sa.select(delivery_attempt.c.outbound_id)
            .join_from(
                outbound, delivery_attempt, is_row(outbound, delivery_attempt, "outbound_id")
            )
            .where(
                outbound.c.clinic_id == new.clinic_id,
                outbound.c.patient_id == new.owner.patient_id,
                outbound.c.contact_point_id == new.owner.contact_point_id,
                delivery_attempt.c.sender_id == new.sender_id,
                delivery_attempt.c.outcome.in_(_MAY_HAVE_ARRIVED),
            )
            .order_by(delivery_attempt.c.started_at.desc(), delivery_attempt.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
