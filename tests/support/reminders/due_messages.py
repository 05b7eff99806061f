"""A clinic with one patient, and messages of hers that are due."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import (
    AftercarePlan,
    AftercareStep,
    Channel,
    MessageBody,
    Purpose,
    StepKind,
    StepMessages,
)
from services.contracts.words import (
    ConsentBasis,
    ConsentState,
    ContactOwner,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    ReminderStatus,
)
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import (
    clinic,
    consent,
    contact_point,
    decision,
    enrollment,
    outbound,
    patient,
    plan_version,
    sender,
)

PHONE = "+12025550123"
EMAIL = "pat@example.org"
SENDERS = {Channel.SMS: "+12025550100", Channel.EMAIL: "care@clinic.example"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def step(key: str, text: str = "Keep your skin clean today.") -> AftercareStep:
    body = MessageBody(text="{{ clinic_name }}: " + text, subject="From {{ clinic_name }}")
    bodies = StepMessages(discreet=body, detailed=MessageBody(text=f"{body.text} In full."))
    return AftercareStep(
        key=key,
        kind=StepKind.CARE,
        purpose=Purpose.CARE,
        title="Care",
        body=(),
        after="PT1H",
        useful_for="P2D",
        channels=(Channel.SMS, Channel.EMAIL),
        messages={Channel.SMS: bodies, Channel.EMAIL: bodies},
    )


def plan(steps: Sequence[AftercareStep]) -> AftercarePlan:
    return AftercarePlan(
        slug="aftercare",
        title="Aftercare",
        summary="",
        served_locale="en",
        reviewed_at=date(2026, 1, 1),
        version=1,
        content_hash="hash",
        procedures=(),
        steps=tuple(steps),
    )


class DueMessages:
    """Rows as enrolling makes them; the patient's window is open at every hour of the test.

    The patient lives where it is the middle of the day now.
    """

    def __init__(
        self, engine: sa.Engine, vault: Vault, *, name: str = "Rowan Clinic", phone: str = PHONE
    ) -> None:
        self.engine = engine
        self.vault = vault
        self.clinic_id = self._add_clinic(name)
        for channel, address in SENDERS.items():
            self._add(
                sender,
                channel=channel,
                provider="twilio" if channel is Channel.SMS else "smtp",
                address=address,
                is_default=True,
            )
        self.patient_id = self.add_patient()
        self.contact_ids = {
            Channel.SMS: self.add_contact(self.patient_id, Channel.SMS, phone),
            Channel.EMAIL: self.add_contact(self.patient_id, Channel.EMAIL, EMAIL),
        }
        self.consent_ids = {
            channel: self.consent(channel, ConsentState.GRANTED) for channel in SENDERS
        }
        self.enrollment_id = self._enroll()

    def add_patient(self) -> int:
        return self._add(
            patient,
            mode=Mode.LIVE,
            name_sealed=self.vault.seal_text("Pat", context=contexts.PATIENT_NAME),
            time_zone=zone_at_noon(),
            locale="en",
            channels=["SMS", "EMAIL"],
            detail=MessageDetail.DISCREET,
            created_at=LONG_AGO,
        )

    def add_contact(self, patient_id: int, channel: Channel, address: str) -> int:
        return self._add(
            contact_point,
            patient_id=patient_id,
            channel=channel,
            address_sealed=self.vault.seal_text(address, context=contexts.ADDRESS),
            address_index=self.index(channel, address),
            owner=ContactOwner.SELF,
            created_at=LONG_AGO,
        )

    def index(self, channel: Channel, address: str) -> bytes:
        return self.vault.index(address, context=contexts.address_context(channel))

    def consent(
        self,
        channel: Channel,
        state: ConsentState,
        *,
        detail: MessageDetail | None = None,
        purpose: Purpose = Purpose.CARE,
    ) -> int:
        return self._add(
            consent,
            patient_id=self.patient_id,
            contact_point_id=self.contact_ids[channel],
            channel=channel,
            purpose=purpose,
            state=state,
            detail=detail or MessageDetail.DISCREET,
            basis=ConsentBasis.EXPRESS,
            source="test",
            recorded_at=LONG_AGO,
        )

    def remind(
        self,
        number: int = 0,
        *,
        channel: Channel = Channel.SMS,
        due_in: timedelta = timedelta(minutes=-1),
        useful_for: timedelta = timedelta(days=2),
        **more: Any,
    ) -> int:
        due_at = product_now + sa.literal(due_in, sa.Interval())
        values: dict[str, Any] = {
            "kind": OutboundKind.REMINDER,
            "mode": Mode.LIVE,
            "patient_id": self.patient_id,
            "contact_point_id": self.contact_ids[channel],
            "enrollment_id": self.enrollment_id,
            "step_key": f"step-{number}",
            "step_kind": StepKind.CARE,
            "purpose": Purpose.CARE,
            "channel": channel,
            "state": ReminderStatus.SCHEDULED,
            "state_at": product_now,
            "due_at": due_at,
            "useful_until": due_at + sa.literal(useful_for, sa.Interval()),
            "local_due_at": "",
            "time_zone": "UTC",
            "consent_id": self.consent_ids[channel],
            "created_at": product_now,
        }
        return self._add(outbound, **values | more)

    def state(self, outbound_id: int) -> tuple[ReminderStatus, str | None]:
        row = self.row(outbound_id)
        return row.state, row.state_reason

    def row(self, outbound_id: int) -> sa.Row[Any]:
        with self.engine.connect() as connection:
            return connection.execute(
                sa.select(outbound).where(
                    outbound.c.clinic_id == self.clinic_id, outbound.c.id == outbound_id
                )
            ).one()

    def rows_of(self, table: sa.Table) -> list[sa.Row[Any]]:
        statement = sa.select(table).where(table.c.clinic_id == self.clinic_id)
        with self.engine.connect() as connection:
            return list(connection.execute(statement.order_by(table.c.id)))

    def why(self, outbound_id: int) -> list[str]:
        return [row.code for row in self.rows_of(decision) if row.outbound_id == outbound_id]

    def change(self, outbound_id: int, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(outbound)
                .where(outbound.c.clinic_id == self.clinic_id, outbound.c.id == outbound_id)
                .values(**values)
            )

    def close_window(self) -> None:
        """Quiet for the patient at every hour but the one after 20:00."""
        self._change_patient(quiet_start=time(21), quiet_end=time(20))

    def damage(self, contact_point_id: int) -> None:
        """As if the key that sealed the address were gone."""
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(contact_point)
                .where(contact_point.c.id == contact_point_id)
                .values(address_sealed=b"\x01\x02k9" + bytes(40))
            )

    def prefer(self, detail: MessageDetail) -> None:
        self._change_patient(detail=detail)

    def _change_patient(self, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(patient)
                .where(patient.c.clinic_id == self.clinic_id, patient.c.id == self.patient_id)
                .values(**values)
            )

    def _add_clinic(self, name: str) -> int:
        statement = sa.insert(clinic).values(
            name=name,
            time_zone="UTC",
            locale="en",
            country="US",
            emergency_number="911",
            phone="+12025550199",
            quiet_start=time(20),
            quiet_end=time(9),
            created_at=LONG_AGO,
        )
        with self.engine.begin() as connection:
            return connection.execute(statement.returning(clinic.c.id)).scalar_one()

    def _enroll(self) -> int:
        content = plan([step(f"step-{n}") for n in range(10)])
        version = self._add(
            plan_version,
            slug=content.slug,
            version=1,
            content=msgspec.msgpack.encode(content),
            content_hash="hash",
            locale="en",
        )
        return self._add(
            enrollment,
            mode=Mode.LIVE,
            patient_id=self.patient_id,
            plan_version_id=version,
            status=EnrollmentStatus.ACTIVE,
            procedure_at=LONG_AGO,
            procedure_state=ProcedureState.PERFORMED,
            created_at=LONG_AGO,
        )

    def _add(self, table: sa.Table, **values: Any) -> int:
        statement = sa.insert(table).values(clinic_id=self.clinic_id, **values)
        with self.engine.begin() as connection:
            added: int = connection.execute(statement.returning(table.c.id)).scalar_one()
        return added


def zone_at_noon() -> str:
    """A zone without summer time whose wall clock is between 12:00 and 13:00 now."""
    return _zone_at(12)


def zone_at_midnight() -> str:
    """The same for 00:00 to 01:00: quiet for everybody."""
    return _zone_at(0)


def _zone_at(hour: int) -> str:
    now = datetime.now(UTC).hour  # noqa: TID251 - the test's own choice of a zone
    offset = (hour - now + 11) % 24 - 11
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"
