"""What check-ins and escalations need from the outside, all in one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from services.contracts.catalog import AftercareStep, Channel, Voice
from services.contracts.check_ins import EscalationRecord, ListEscalations
from services.contracts.events import Event
from services.contracts.words import (
    AlertHours,
    CheckInLevel,
    EscalationOutcome,
    Mode,
    TaskKind,
)
from services.reminders.check_ins.domain.alert_chain import Reached
from services.reminders.consent.usecases.opt_out import Person
from services.reminders.core.books import (
    Clinics,
    Enrollment,
    Enrollments,
    Key,
    Memory,
    Patients,
    Plans,
)
from services.reminders.core.message_text import Said
from services.reminders.core.outbound import OutboundKind

REMEMBERED: Final = timedelta(days=14)
"""How long after a question was sent a text may still be an answer to it."""


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was sent; what it asks stands in the plan version, under the step's key."""

    key: Key
    outbound_id: int
    patient_id: int
    contact_point_id: int
    channel: Channel
    enrollment_id: int
    plan_version_id: int
    step_key: str
    level: CheckInLevel
    opened_at: datetime
    closes_at: datetime
    nudge_id: int | None = None
    answer: str | None = None
    answered_via: str | None = None
    answered_at: datetime | None = None
    escalation_id: int | None = None

    @property
    def patient_key(self) -> Key:
        return Key(self.key.clinic_id, self.key.mode, self.patient_id)

    @property
    def enrollment_key(self) -> Key:
        return Key(self.key.clinic_id, self.key.mode, self.enrollment_id)

    @property
    def is_waiting(self) -> bool:
        return self.level in (CheckInLevel.WAITING, CheckInLevel.UNCLEAR)


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    level: CheckInLevel
    text: str
    via: str


class CheckIns(Protocol):
    def open_sent(self, people: Sequence[Person]) -> None:
        """Open those of these patients' questions that have left, and are not open yet."""
        ...

    def recent(self, people: Sequence[Person], since: datetime) -> Sequence[CheckIn]:
        """Lock and read what these patients were asked, newest first."""
        ...

    def lock(self, key: Key) -> CheckIn | None: ...
    def get(self, keys: Collection[Key]) -> Mapping[Key, CheckIn]: ...
    def of_enrollments(self, keys: Collection[Key]) -> Mapping[Key, Sequence[CheckIn]]: ...
    def of_reminder(self, clinic_id: int, reminder_id: int) -> Key | None:
        """The check-in of a reminder's step, on whichever channel it was asked."""
        ...

    def answer(self, key: Key, answered: Answered) -> None: ...
    def stop_nudging(self, check_in: CheckIn) -> None:
        """Nudge no more, and take back a nudge that has not left."""
        ...


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Why staff are alerted. `must_phone`: the patient cannot be sent a text."""

    mode: Mode
    clinic_id: int
    patient_id: int
    enrollment_id: int
    check_in_id: int | None
    inbound_id: int | None
    reason: str
    must_phone: bool


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """One of those whose next alerts are due."""

    clinic_id: int
    id: int
    mode: Mode
    rung: int
    opened_at: datetime
    must_phone: bool


class Escalations(Protocol):
    def open(self, alarm: Alarm) -> int | None:
        """Open one with alerts due now; None when the enrollment has an open one."""
        ...

    def pages(self, ask: ListEscalations) -> tuple[Sequence[EscalationRecord], int]:
        """A page, with one more where there are further ones, and how many there are in all."""
        ...

    def get(self, keys: Collection[Key]) -> Mapping[Key, EscalationRecord]: ...
    def acknowledge(self, key: Key, by: str) -> bool:
        """Stop its alerts; False when somebody has already."""
        ...

    def resolve(self, key: Key, by: str, outcome: EscalationOutcome, note: str | None) -> None: ...


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A text of ours that goes out now. `useful_for` from now; `until` where that is known."""

    kind: OutboundKind
    mode: Mode
    clinic_id: int
    patient_id: int | None = None
    contact_point_id: int | None = None
    alert_contact_id: int | None = None
    enrollment_id: int | None = None
    channel: Channel
    text: str
    subject: str | None = None
    useful_for: timedelta = timedelta(hours=1)
    until: datetime | None = None


class Outbox(Protocol):
    def put(self, message: Message) -> int: ...


class CareTask(msgspec.Struct, frozen=True, kw_only=True):
    """Something for a person to see to; the title names no patient."""

    clinic_id: int
    kind: TaskKind
    title: str
    patient_id: int | None = None
    enrollment_id: int | None = None
    outbound_id: int | None = None
    inbound_id: int | None = None
    step_key: str | None = None
    due_at: datetime | None = None


class CareTasks(Protocol):
    def open(self, task: CareTask) -> int | None:
        """Open it; None when there is one that says the same."""
        ...


class AlertContact(Reached, frozen=True, kw_only=True):
    clinic_id: int
    channel: Channel
    address: str
    label: str | None
    proven_at: datetime | None


class NewAlertContact(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    tier: int
    hours: AlertHours
    channel: Channel
    address: str
    label: str | None = None


class AlertContacts(Protocol):
    def of(self, clinic_id: int) -> Sequence[AlertContact]: ...
    def put(self, new: NewAlertContact) -> AlertContact:
        """Add, or find the one of that tier, hours and address."""
        ...

    def remove(self, clinic_id: int, contact_id: int) -> AlertContact | None: ...
    def is_chain_proven(self, clinic_id: int) -> bool: ...


class NewAlert(msgspec.Struct, frozen=True, kw_only=True):
    """`escalation_id` is None for a test."""

    clinic_id: int
    escalation_id: int | None
    alert_contact_id: int
    rung: int = 0


class StoredAlert(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    id: int
    escalation_id: int | None
    mode: Mode
    sent_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class Alerts(Protocol):
    def add(self, new: NewAlert) -> int | None:
        """None when this contact was alerted at this rung before."""
        ...

    def sent_as(self, clinic_id: int, alert_id: int, outbound_id: int) -> None: ...
    def get(self, clinic_id: int, alert_id: int) -> StoredAlert | None: ...
    def confirm(self, clinic_id: int, alert_id: int, by: str) -> None:
        """A person has seen it; of a test it proves the contact. Once, the first stands."""
        ...


class Speech(Protocol):
    def say(self, source: str, channel: Channel, about: Said, *, has_way_out: bool = False) -> str:
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
    clinics: Clinics
    patients: Patients
    plans: Plans
    enrollments: Enrollments
    memory: Memory
    check_ins: CheckIns
    escalations: Escalations
    alerts: Alerts
    contacts: AlertContacts
    outbox: Outbox
    tasks: CareTasks
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
