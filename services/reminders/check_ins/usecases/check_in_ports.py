"""What check-ins and escalations need from the outside, all in one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

from services.contracts.catalog import AftercareStep, Channel, Voice
from services.contracts.events import Event
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.storage.alerts import AlertRepository
from services.reminders.check_ins.storage.check_ins import CheckInRepository
from services.reminders.check_ins.storage.escalations import EscalationRepository
from services.reminders.check_ins.storage.outbox import CareTaskRepository, OutboxRepository
from services.reminders.clinics.storage.alert_contacts import AlertContactRepository
from services.reminders.clinics.storage.clinics import ClinicRepository
from services.reminders.core.message_text import StepText
from services.reminders.database.idempotency import IdempotencyStore
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.enrollments import EnrollmentRepository
from services.reminders.enrollments.storage.plans import PlanRepository
from services.reminders.patients.storage.patients import PatientRepository


class Speech(Protocol):
    def say(
        self, source: str, channel: Channel, about: StepText, *, has_way_out: bool = False
    ) -> str:
        """A template of the plan's, filled in, with the clinic's name first.

        Raises CannotRender.
        """
        ...


class Links(Protocol):
    def alert_url(self, clinic_id: int, alert_id: int) -> str:
        """Where a person acknowledges an alert."""
        ...

    def check_in_url(self, clinic_id: int, reminder_id: int) -> str:
        """Where a patient answers a check-in."""
        ...


class CareDesk(msgspec.Struct, frozen=True, kw_only=True):
    """The books of one transaction. `now` says product time, the same throughout."""

    now: Callable[[], datetime]
    announce: Callable[[Event], None]
    clinics: ClinicRepository
    patients: PatientRepository
    plans: PlanRepository
    enrollments: EnrollmentRepository
    memory: IdempotencyStore
    check_ins: CheckInRepository
    escalations: EscalationRepository
    alerts: AlertRepository
    contacts: AlertContactRepository
    outbox: OutboxRepository
    tasks: CareTaskRepository
    speech: Speech
    links: Links

    def step(self, check_in: CheckIn) -> AftercareStep | None:
        """The step whose question this is, as it was pinned."""
        place = (check_in.key.clinic_id, check_in.plan_version_id)
        plan = self.plans.get([place])[place]
        return next((one for one in plan.steps if one.key == check_in.step_key), None)

    def voice(self, enrollment: Enrollment) -> Voice | None:
        """By which name and number the patient's plan speaks now, whenever it was asked."""
        place = (enrollment.clinic_id, enrollment.plan_version_id)
        return self.plans.get([place])[place].voice
