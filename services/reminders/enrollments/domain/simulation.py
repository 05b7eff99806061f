"""What the visit's merging, a pause and the daily cap would make of planned reminders. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, Purpose
from services.contracts.reminders import ClinicRecord, ConsentRecord
from services.contracts.simulation import SimulateEnrollment
from services.contracts.words import (
    ConsentBasis,
    ConsentState,
    ContactOwner,
    MessageDetail,
    ProcedureState,
    ReminderStatus,
)
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.structs import struct_from
from services.reminders.core.visits import Fits, VisitMessage, together
from services.reminders.core.windows import NoOpening, next_opening
from services.reminders.enrollments.domain.day_cap import Sending, moved_by_cap
from services.reminders.enrollments.domain.planning import Planned
from services.reminders.enrollments.domain.reminders import NewReminder

_NOBODY: Final = 0
_CHANNELS: Final = (Channel.SMS, Channel.EMAIL)


class SimulatedPlan(msgspec.Struct, frozen=True, kw_only=True):
    plan: AftercarePlan
    procedure_at: datetime
    procedure_ended_at: datetime | None = None
    planned: Planned


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that would be planned; `number` stands for the id it would have."""

    number: int
    reminder: NewReminder
    step: AftercareStep
    of: SimulatedPlan

    @property
    def is_scheduled(self) -> bool:
        return self.reminder.state is ReminderStatus.SCHEDULED


class Delay(msgspec.Struct, frozen=True):
    """What moves a message; `until` is None if the message would be of no use by then."""

    code: Reason
    until: datetime | None


def messages_of(plans: Iterable[SimulatedPlan]) -> Iterator[Message]:
    number = 0
    for plan in plans:
        steps = {step.key: step for step in plan.plan.steps}
        for reminder in plan.planned.reminders:
            number += 1
            step = steps[reminder.step_key]
            yield Message(number=number, reminder=reminder, step=step, of=plan)


def merge_hosts(messages: Iterable[Message], zone: ZoneInfo, fits: Fits) -> Mapping[int, int]:
    """The host of each message that would be merged, by number; a day's procedures are a visit."""
    visits: dict[object, list[VisitMessage]] = {}
    for message in messages:
        if message.is_scheduled:
            day = message.of.procedure_at.astimezone(zone).date()
            visits.setdefault(day, []).append(_in_visit(message))
    hosts: dict[int, int] = {}
    for visit in visits.values():
        hosts.update(together(visit, fits))
    return hosts


def delays_of(
    messages: Sequence[Message], patient: Patient, daily_cap: int | None
) -> Mapping[int, Delay]:
    """How the patient's pause and the daily cap move messages, by number."""
    delays: dict[int, Delay] = {}
    sendings: list[Sending] = []
    for message in messages:
        pause = _pause(message.reminder, patient)
        if pause is not None:
            delays[message.number] = pause
        if pause is None or pause.until is not None:
            sendings.append(_sending(message, pause))
    if daily_cap is not None:
        moved = moved_by_cap(sendings, daily_cap, patient.window())
        delays |= {number: Delay(Reason.DAILY_CAP, until) for number, until in moved.items()}
    return delays


def _pause(reminder: NewReminder, patient: Patient) -> Delay | None:
    if patient.paused_until is None or reminder.due_at >= patient.paused_until:
        return None
    try:
        until = next_opening(patient.paused_until, patient.window())
    except NoOpening:
        return Delay(Reason.PAUSED, None)
    return Delay(Reason.PAUSED, until if until < reminder.useful_until else None)


def _in_visit(message: Message) -> VisitMessage:
    return struct_from(
        VisitMessage,
        message.reminder,
        id=message.number,
        merged_into=None,
        procedure_state=ProcedureState.PLANNED,
        is_active=True,
    )


def _sending(message: Message, pause: Delay | None) -> Sending:
    reminder = message.reminder
    due_at = (pause and pause.until) or reminder.due_at
    return struct_from(Sending, reminder, id=message.number, due_at=due_at)


def imagined_patient(clinic: ClinicRecord, ask: SimulateEnrollment, now: datetime) -> Patient:
    """A patient of the clinic who has consented to every purpose on every channel."""
    return Patient(
        id=_NOBODY,
        clinic=clinic,
        mode=ask.scope.mode,
        reference=None,
        display_name=None,
        is_adult=True,
        time_zone=ask.time_zone,
        is_zone_stated=True,
        region=None,
        locale=ask.locale or clinic.locale,
        channels=_CHANNELS if ask.channels is None else ask.channels,
        detail=ask.detail or MessageDetail.DISCREET,
        quiet_hours=clinic.quiet_hours,
        are_hours_stated=False,
        paused_until=None,
        contact_points=tuple(
            _contact(number, channel) for number, channel in enumerate(_CHANNELS, 1)
        ),
        consents=tuple(
            _consent(channel, purpose, now) for channel in _CHANNELS for purpose in Purpose
        ),
    )


def _contact(number: int, channel: Channel) -> ContactPoint:
    return ContactPoint(
        id=number,
        channel=channel,
        address="",
        owner=ContactOwner.SELF,
        verified_at=None,
        is_shared=False,
        suppressions={},
    )


def _consent(channel: Channel, purpose: Purpose, now: datetime) -> ConsentRecord:
    return ConsentRecord(
        id=_NOBODY,
        channel=channel,
        purpose=purpose,
        state=ConsentState.GRANTED,
        is_current=True,
        detail=MessageDetail.DETAILED,
        method=None,
        basis=ConsentBasis.EXPRESS,
        source="simulation",
        wording_version=None,
        recorded_by=None,
        recorded_at=now,
    )
