"""Opt-outs: suppressed addresses, withdrawn consents, messages that will not be sent."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.consent.domain.opt_out import AddressOwner, Withdrawal
from services.reminders.consent.domain.opt_out_texts import CONFIRM_WITHIN, confirmation
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.core.states import UNSENT
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_index, address_indexes
from services.reminders.database.drop_unsent import give_up
from services.reminders.database.tables import (
    clinic,
    consent,
    enrollment,
    outbound,
    patient,
    staff_task,
    suppression,
)

_UNASKED = (OutboundKind.REMINDER, OutboundKind.CORRECTION, OutboundKind.NUDGE)


class OptOutRepository:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def suppress(
        self, clinic_id: int, channel: Channel, address: str, reason: SuppressionReason
    ) -> bool:
        """False when it was suppressed for that reason already."""
        if self._connection.execute(self._standing(clinic_id, channel, address, reason)).first():
            return False
        added = self._connection.execute(
            insert(suppression)
            .values(
                clinic_id=clinic_id,
                channel=channel,
                address_index=address_index(self._vault, channel, address),
                reason=reason,
                since=product_now,
            )
            .on_conflict_do_nothing()
            .returning(suppression.c.id)
        )
        return added.first() is not None

    def lift(self, clinic_id: int, channel: Channel, address: str) -> bool:
        """End the opt-out, and no other reason there may be; False when there was none."""
        opted_out = self._standing(clinic_id, channel, address, SuppressionReason.OPT_OUT)
        standing = opted_out.subquery()
        lifted = self._connection.execute(
            sa.update(suppression)
            .where(suppression.c.clinic_id == clinic_id, suppression.c.id.in_(sa.select(standing)))
            .values(lifted_at=product_now)
            .returning(suppression.c.id)
        )
        return lifted.first() is not None

    def withdraw_consents(self, person: AddressOwner, channel: Channel, said: Withdrawal) -> None:
        """The ledger is added to, for each purpose that is not withdrawn already."""
        by = (consent.c.purpose,)
        newest = (
            sa.select(consent)
            .ext(distinct_on(*by))
            .where(
                consent.c.clinic_id == person.clinic_id,
                consent.c.patient_id == person.patient_id,
                consent.c.channel == channel,
            )
            .order_by(*by, consent.c.id.desc())
        )
        for row in self._connection.execute(newest).all():
            if row.state is ConsentState.WITHDRAWN or said.purpose not in (None, row.purpose):
                continue
            self._connection.execute(
                sa.insert(consent).values(
                    clinic_id=person.clinic_id,
                    patient_id=person.patient_id,
                    contact_point_id=person.contact_point_id,
                    channel=channel,
                    purpose=row.purpose,
                    state=ConsentState.WITHDRAWN,
                    detail=row.detail,
                    method=said.method,
                    basis=row.basis,
                    source=said.source,
                    evidence_sealed=self._vault.seal_text(
                        said.evidence, context=contexts.CONSENT_EVIDENCE
                    ),
                    recorded_at=product_now,
                )
            )

    def skip_unsent(
        self, person: AddressOwner, code: str, purpose: Purpose | None = None
    ) -> list[tuple[int, int]]:
        """End the reminders and corrections that have not begun; answers with their keys."""
        return give_up(
            self._connection,
            ReminderStatus.SKIPPED,
            code,
            outbound.c.clinic_id == person.clinic_id,
            outbound.c.patient_id == person.patient_id,
            outbound.c.contact_point_id == person.contact_point_id,
            outbound.c.kind.in_(_UNASKED),
            outbound.c.state.in_(UNSENT),
            sa.true() if purpose is None else outbound.c.purpose == purpose,
        )

    def confirm(self, person: AddressOwner, channel: Channel) -> None:
        """One confirmation, due now."""
        said = self._connection.execute(
            sa.select(clinic.c.name, clinic.c.phone, patient.c.locale, patient.c.mode)
            .join(patient, patient.c.clinic_id == clinic.c.id)
            .where(clinic.c.id == person.clinic_id, patient.c.id == person.patient_id)
        ).one()
        text = confirmation(clinic=said.name, phone=said.phone, locale=said.locale)
        self._connection.execute(
            sa.insert(outbound).values(
                clinic_id=person.clinic_id,
                kind=OutboundKind.OPT_OUT_CONFIRMATION,
                mode=said.mode,
                patient_id=person.patient_id,
                contact_point_id=person.contact_point_id,
                purpose=Purpose.CARE,
                channel=channel,
                lane=Priority.URGENT.value,
                state=ReminderStatus.SCHEDULED,
                state_at=product_now,
                due_at=product_now,
                useful_until=product_now + sa.literal(CONFIRM_WITHIN, sa.Interval()),
                local_due_at="",
                time_zone="UTC",
                body_sealed=self._vault.seal_text(text, context=contexts.BODY),
                created_at=product_now,
            )
        )

    def is_in_care(self, person: AddressOwner) -> bool:
        active = sa.exists().where(
            enrollment.c.clinic_id == person.clinic_id,
            enrollment.c.patient_id == person.patient_id,
            enrollment.c.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)),
        )
        return self._connection.execute(sa.select(active)).scalar_one()

    def open_task(self, person: AddressOwner, kind: TaskKind, title: str) -> None:
        """Open it, unless there is an open one of this patient's that says the same."""
        is_open = sa.exists().where(
            staff_task.c.clinic_id == person.clinic_id,
            staff_task.c.patient_id == person.patient_id,
            staff_task.c.kind == kind,
            staff_task.c.title == title,
            staff_task.c.done_at.is_(None),
        )
        if self._connection.execute(sa.select(is_open)).scalar_one():
            return
        self._connection.execute(
            sa.insert(staff_task).values(
                clinic_id=person.clinic_id,
                kind=kind,
                title=title,
                patient_id=person.patient_id,
                opened_at=product_now,
            )
        )

    def _standing(
        self, clinic_id: int, channel: Channel, address: str, reason: SuppressionReason
    ) -> sa.Select[int]:
        """Suppressions of an address, under whichever key they were stored."""
        indexes = address_indexes(self._vault, channel, address)
        return sa.select(suppression.c.id).where(
            suppression.c.clinic_id == clinic_id,
            suppression.c.channel == channel,
            suppression.c.address_index.in_(indexes),
            suppression.c.reason == reason,
            suppression.c.lifted_at.is_(None),
        )
