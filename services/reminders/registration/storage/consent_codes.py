"""Codes that confirm a consent: sent, counted and checked. All their times are real time."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.reminders import Scope
from services.contracts.words import ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_index, address_indexes
from services.reminders.database.tables import consent_code, contact_point, outbound
from services.reminders.registration.domain.confirmation import (
    DIGITS,
    HOLDS_FOR,
    MOST_TRIES,
    PER_ADDRESS,
    PER_KEY,
    PER_PATIENT,
    CodeAllowance,
    Limit,
    SentCode,
    code_message,
)


class ConsentCodeRepository(Repository):
    def allowance(
        self, scope: Scope, channel: Channel, *, patient_id: int | None, address: str | None
    ) -> CodeAllowance:
        """Check the limits. Others that ask for the same wait until the transaction ends."""
        asked_by = sa.and_(
            consent_code.c.clinic_id == scope.clinic_id, consent_code.c.asked_by == scope.actor
        )
        self._lock(f"{scope.clinic_id}.{scope.actor}".encode())
        if not self._has_room(asked_by, PER_KEY):
            return CodeAllowance.KEY
        if patient_id is not None:
            subject = self._subject(scope, channel, patient_id)
            of_patient = sa.and_(
                consent_code.c.clinic_id == scope.clinic_id,
                consent_code.c.subject_index.in_(subject),
            )
            if not self._has_room(of_patient, PER_PATIENT):
                return CodeAllowance.SUBJECT
        if address is not None:
            self._lock(address_index(self._vault, channel, address))
            indexes = address_indexes(self._vault, channel, address)
            if not self._has_room(consent_code.c.address_index.in_(indexes), PER_ADDRESS):
                return CodeAllowance.ADDRESS
        return CodeAllowance.FREE

    def note(self, scope: Scope, channel: Channel, patient_id: int) -> None:
        """Count a request that sends nothing."""
        self._connection.execute(
            sa.insert(consent_code).values(
                clinic_id=scope.clinic_id,
                channel=channel,
                subject_index=self._subject(scope, channel, patient_id)[0],
                asked_by=scope.actor,
                sent_at=sa.func.now(),
                expires_at=sa.func.now(),
            )
        )

    def send(
        self, scope: Scope, patient: Patient, contact: ContactPoint, *, is_asked_for: bool
    ) -> None:
        """Make a code and send it; earlier codes become invalid.

        A code that is asked for by the patient's id counts towards the limit of that id.
        """
        self._delete_old(scope)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        channel = contact.channel
        self._connection.execute(
            sa.insert(consent_code).values(
                clinic_id=scope.clinic_id,
                patient_id=patient.id,
                contact_point_id=contact.id,
                channel=channel,
                subject_index=self._subject(scope, channel, patient.id)[0]
                if is_asked_for
                else None,
                address_index=address_index(self._vault, channel, contact.address),
                asked_by=scope.actor,
                code_index=self._vault.index(code, context=_code_context(contact.id)),
                sent_at=sa.func.now(),
                expires_at=sa.func.now() + sa.literal(HOLDS_FOR, sa.Interval()),
            )
        )
        self._connection.execute(_message(self._vault, patient, contact, code))

    def newest(self, key: Key, channel: Channel) -> SentCode | None:
        """Lock the newest code of a patient and channel. Returns None if it is not valid."""
        row = self._connection.execute(
            sa.select(consent_code, (consent_code.c.expires_at > sa.func.now()).label("is_in_time"))
            .where(
                consent_code.c.clinic_id == key.clinic_id,
                consent_code.c.patient_id == key.id,
                consent_code.c.channel == channel,
            )
            .order_by(consent_code.c.id.desc())
            .limit(1)
            .with_for_update()
        ).first()
        if row is None or row.contact_point_id is None or row.used_at is not None:
            return None
        if not row.is_in_time or row.tries >= MOST_TRIES:
            return None
        return SentCode(id=row.id, clinic_id=row.clinic_id, contact_point_id=row.contact_point_id)

    def spend_try(self, sent: SentCode, code: str) -> bool:
        """Whether this is the code. Each call uses up one of its tries."""
        index = self._connection.execute(
            sa.update(consent_code)
            .where(consent_code.c.clinic_id == sent.clinic_id, consent_code.c.id == sent.id)
            .values(tries=consent_code.c.tries + 1)
            .returning(consent_code.c.code_index)
        ).scalar_one()
        context = _code_context(sent.contact_point_id)
        return index in self._vault.indexes(code.strip(), context=context)

    def use(self, sent: SentCode) -> None:
        """Use up the code; its address is verified from now on."""
        self._connection.execute(
            sa.update(consent_code)
            .where(consent_code.c.clinic_id == sent.clinic_id, consent_code.c.id == sent.id)
            .values(used_at=sa.func.now())
        )
        self._connection.execute(
            sa.update(contact_point)
            .where(
                contact_point.c.clinic_id == sent.clinic_id,
                contact_point.c.id == sent.contact_point_id,
            )
            .values(verified_at=product_now)
        )

    def _has_room(self, which: sa.ColumnElement[bool], limits: Sequence[Limit]) -> bool:
        return all(self._connection.execute(_have_room(which, limits)).one())

    def _delete_old(self, scope: Scope) -> None:
        """Delete what no limit counts any more."""
        longest = max(limit.within for limit in (*PER_KEY, *PER_PATIENT, *PER_ADDRESS))
        self._connection.execute(
            sa.delete(consent_code).where(
                consent_code.c.clinic_id == scope.clinic_id,
                consent_code.c.asked_by == scope.actor,
                consent_code.c.sent_at < sa.func.now() - sa.literal(longest, sa.Interval()),
            )
        )

    def _subject(self, scope: Scope, channel: Channel, patient_id: int) -> list[bytes]:
        """HMACs of what is asked for, one under each key, the newest first: no patient's id."""
        named = f"{scope.clinic_id}.{scope.mode}.{patient_id}.{channel}"
        context = "reminders.consent_code.subject"
        newest = self._vault.index(named, context=context)
        return [newest, *self._vault.indexes(named, context=context)]

    def _lock(self, subject: bytes) -> None:
        """Count two simultaneous requests for the same one after the other."""
        self._connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(subject.hex(), 7)))
        )


def _code_context(contact_point_id: int) -> str:
    return f"reminders.consent_code.{contact_point_id}"


def _have_room(
    which: sa.ColumnElement[bool], limits: Sequence[Limit]
) -> sa.Select[*tuple[bool, ...]]:
    """For each limit, whether fewer codes were sent within its time than it allows."""
    counts = [
        sa.func.count().filter(
            consent_code.c.sent_at > sa.func.now() - sa.literal(limit.within, sa.Interval())
        )
        < limit.most
        for limit in limits
    ]
    longest = max(limit.within for limit in limits)
    recent = consent_code.c.sent_at > sa.func.now() - sa.literal(longest, sa.Interval())
    return sa.select(*counts).where(which, recent)


def _message(vault: Vault, patient: Patient, contact: ContactPoint, code: str) -> sa.Insert:
    """A message that waits for no window: somebody is filling in a form now."""
    name = patient.clinic.name_on(contact.channel)
    message = code_message(contact.channel, clinic=name, code=code, locale=patient.locale)
    return sa.insert(outbound).values(
        clinic_id=patient.clinic.id,
        kind=OutboundKind.REPLY,
        mode=patient.mode,
        patient_id=patient.id,
        contact_point_id=contact.id,
        purpose=Purpose.CARE,
        channel=contact.channel,
        lane=Priority.URGENT.value,
        state=ReminderStatus.SCHEDULED,
        state_at=product_now,
        due_at=product_now,
        useful_until=product_now + sa.literal(HOLDS_FOR, sa.Interval()),
        local_due_at="",
        time_zone="UTC",
        subject_sealed=None
        if message.subject is None
        else vault.seal_text(message.subject, context=contexts.SUBJECT),
        body_sealed=vault.seal_text(message.text, context=contexts.BODY),
        created_at=product_now,
    )
