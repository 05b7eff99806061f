"""The effects of an opt-out: withdrawn consents, skipped messages, a task, a confirmation."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from services.chassis.clock import product_now
from services.contracts.catalog import Channel, Purpose
from services.contracts.sms.names import name_on
from services.contracts.words import (
    ConsentState,
    ReminderStatus,
    TaskKind,
)
from services.reminders.consent.domain.opt_out import (
    CONFIRM_WITHIN,
    AddressOwner,
    Withdrawal,
    confirmation,
)
from services.reminders.core.enrollment import RUNNING
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.decisions import give_up
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    clinic,
    consent,
    enrollment,
    outbound,
    patient,
    staff_task,
)

_SKIPPED_KINDS = (OutboundKind.REMINDER, OutboundKind.CORRECTION, OutboundKind.NUDGE)


class OptOutRepository(Repository):
    def withdraw_consents(
        self, owner: AddressOwner, channel: Channel, withdrawal: Withdrawal
    ) -> None:
        """Add a withdrawal to the ledger for each purpose that is not withdrawn already."""
        by = (consent.c.purpose,)
        newest = (
            sa.select(consent)
            .ext(distinct_on(*by))
            .where(
                consent.c.clinic_id == owner.clinic_id,
                consent.c.patient_id == owner.patient_id,
                consent.c.channel == channel,
            )
            .order_by(*by, consent.c.id.desc())
        )
        for row in self._connection.execute(newest).all():
            if row.state is ConsentState.WITHDRAWN or withdrawal.purpose not in (None, row.purpose):
                continue
            self._connection.execute(
                sa.insert(consent).values(
                    clinic_id=owner.clinic_id,
                    patient_id=owner.patient_id,
                    contact_point_id=owner.contact_point_id,
                    channel=channel,
                    purpose=row.purpose,
                    state=ConsentState.WITHDRAWN,
                    detail=row.detail,
                    method=withdrawal.method,
                    basis=row.basis,
                    source=withdrawal.source,
                    evidence_sealed=self._vault.seal_text(
                        withdrawal.evidence, context=contexts.CONSENT_EVIDENCE
                    ),
                    recorded_at=product_now,
                )
            )

    def skip_unsent(
        self, owner: AddressOwner, code: Reason, purpose: Purpose | None = None
    ) -> list[tuple[int, int]]:
        """Skip the reminders and corrections that were not begun. Returns their keys."""
        return give_up(
            self._connection,
            ReminderStatus.SKIPPED,
            code,
            outbound.c.clinic_id == owner.clinic_id,
            outbound.c.patient_id == owner.patient_id,
            outbound.c.contact_point_id == owner.contact_point_id,
            outbound.c.kind.in_(_SKIPPED_KINDS),
            outbound.c.state.in_(UNSENT),
            sa.true() if purpose is None else outbound.c.purpose == purpose,
        )

    def confirm(self, owner: AddressOwner, channel: Channel) -> None:
        """Add a confirmation that is due now."""
        row = self._connection.execute(
            sa.select(
                *(clinic.c.name, clinic.c.sms_name, clinic.c.phone),
                *(patient.c.locale, patient.c.mode),
            )
            .join(patient, patient.c.clinic_id == clinic.c.id)
            .where(clinic.c.id == owner.clinic_id, patient.c.id == owner.patient_id)
        ).one()
        name = name_on(channel, row.name, row.sms_name)
        text = confirmation(clinic=name, phone=row.phone, locale=row.locale)
        self._connection.execute(
            sa.insert(outbound).values(
                clinic_id=owner.clinic_id,
                kind=OutboundKind.OPT_OUT_CONFIRMATION,
                mode=row.mode,
                patient_id=owner.patient_id,
                contact_point_id=owner.contact_point_id,
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

    def is_in_care(self, owner: AddressOwner) -> bool:
        active = sa.exists().where(
            enrollment.c.clinic_id == owner.clinic_id,
            enrollment.c.patient_id == owner.patient_id,
            enrollment.c.status.in_(RUNNING),
        )
        return self._connection.execute(sa.select(active)).scalar_one()

    def open_task(self, owner: AddressOwner, kind: TaskKind, title: str, due_at: datetime) -> None:
        """Open a task, unless the patient has the same one open already."""
        is_open = sa.exists().where(
            staff_task.c.clinic_id == owner.clinic_id,
            staff_task.c.patient_id == owner.patient_id,
            staff_task.c.kind == kind,
            staff_task.c.title == title,
            staff_task.c.done_at.is_(None),
        )
        if self._connection.execute(sa.select(is_open)).scalar_one():
            return
        self._connection.execute(
            sa.insert(staff_task).values(
                clinic_id=owner.clinic_id,
                kind=kind,
                title=title,
                patient_id=owner.patient_id,
                opened_at=product_now,
                due_at=due_at,
            )
        )
