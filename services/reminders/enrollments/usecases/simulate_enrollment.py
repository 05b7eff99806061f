"""Everything a patient would be sent, found out by the same rules and nothing stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, Purpose, StepKind
from services.contracts.reminders import ClinicRecord, ConsentRecord, HoldShown
from services.contracts.senders import SenderRecord
from services.contracts.simulation import SimulatedReminder, SimulateEnrollment
from services.contracts.sms_segments import count_segments
from services.contracts.words import (
    ConsentBasis,
    ConsentState,
    ContactOwner,
    MessageDetail,
    ReminderStatus,
)
from services.reminders.core.consent import detail_allowed
from services.reminders.core.key import Key
from services.reminders.core.message_text import CannotRender, MessageFacts, StepText
from services.reminders.core.patient import ContactPoint, Patient, route
from services.reminders.core.reasons import PAST_USEFULNESS, Reason
from services.reminders.core.visits import VisitMessage, together
from services.reminders.core.windows import NoOpening, local_text, next_opening
from services.reminders.enrollments.domain.day_cap import Sending, moved_by_cap
from services.reminders.enrollments.domain.new_reminder import NewReminder
from services.reminders.enrollments.domain.schedule import PlannedStep, StepOutcome
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.clinic_plan import PlanSource
from services.reminders.enrollments.usecases.dry_run_render import facts_about
from services.reminders.enrollments.usecases.plan_reminders import Planned, planned_reminders
from services.reminders.enrollments.usecases.procedure_times import start_faults
from services.reminders.rendering.renderer import render_together

_NOBODY: Final = 0
_SPEAKS: Final = (Channel.SMS, Channel.EMAIL)


class SimulationDeps(msgspec.Struct, frozen=True, kw_only=True):
    """What simulating needs besides the books; `daily_cap` as workers have it."""

    source: PlanSource
    daily_cap: int | None


class _Course(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of the simulation."""

    plan: AftercarePlan
    procedure_at: datetime
    planned: Planned


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that would be planned; `number` stands for the id it would have."""

    number: int
    reminder: NewReminder
    step: AftercareStep
    course: _Course


class _Delay(msgspec.Struct, frozen=True):
    """What moves a message; `until` None: past its usefulness."""

    code: Reason
    until: datetime | None


def simulate_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[SimulateEnrollment], deps: SimulationDeps
) -> list[tuple[SimulatedReminder, ...] | None]:
    return [_simulated(uow, ask, deps) for ask in asks]


def _simulated(
    uow: EnrollmentsUnitOfWork, ask: SimulateEnrollment, deps: SimulationDeps
) -> tuple[SimulatedReminder, ...] | None:
    patient = _patient(uow, ask)
    if patient is None:
        return None
    courses = []
    for one in ask.plans:
        if any(start_faults(one.procedure_at, uow.now())):
            return None
        has = deps.source.plan(ask.scope.clinic_id, one.plan, patient.locale)
        if has is None or has.conflicts:
            return None
        planned = planned_reminders(
            has.plan, patient, started_at=one.procedure_at, ended_at=None, now=uow.now()
        )
        courses.append(_Course(plan=has.plan, procedure_at=one.procedure_at, planned=planned))
    senders = uow.senders.list(ask.scope.clinic_id)
    found = _Simulation(patient, deps, senders).run(courses)
    return tuple(sorted(found, key=lambda one: (one.due_at, one.step_key, one.channel or "")))


def _patient(uow: EnrollmentsUnitOfWork, ask: SimulateEnrollment) -> Patient | None:
    if ask.patient_id is None:
        clinic = uow.clinics.get([ask.scope.clinic_id]).get(ask.scope.clinic_id)
        return None if clinic is None else imagined(clinic, ask, uow.now())
    key = Key.within(ask.scope, ask.patient_id)
    patient = uow.patients.get([key]).get(key)
    if patient is None:
        return None
    return msgspec.structs.replace(
        patient,
        time_zone=patient.time_zone if patient.is_zone_stated else ask.time_zone,
        is_zone_stated=True,
        locale=ask.locale or patient.locale,
        channels=patient.channels if ask.channels is None else ask.channels,
        detail=ask.detail or patient.detail,
    )


def imagined(clinic: ClinicRecord, ask: SimulateEnrollment, now: datetime) -> Patient:
    """A patient of the clinic who permits everything that may be asked for, on every channel."""
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
        channels=_SPEAKS if ask.channels is None else ask.channels,
        detail=ask.detail or MessageDetail.DISCREET,
        quiet_hours=clinic.quiet_hours,
        are_hours_stated=False,
        paused_until=None,
        contact_points=tuple(_imagined_contact(number, on) for number, on in enumerate(_SPEAKS)),
        consents=tuple(
            _imagined_consent(on, purpose, now) for on in _SPEAKS for purpose in Purpose
        ),
    )


def _imagined_contact(number: int, channel: Channel) -> ContactPoint:
    return ContactPoint(
        id=number + 1,
        channel=channel,
        address="",
        owner=ContactOwner.SELF,
        verified_at=None,
        is_shared=False,
        suppressions={},
    )


def _imagined_consent(channel: Channel, purpose: Purpose, now: datetime) -> ConsentRecord:
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


class _Simulation:
    """One patient's; computes what the planner, the visit's merging and the cap would do."""

    def __init__(
        self, patient: Patient, deps: SimulationDeps, senders: Sequence[SenderRecord]
    ) -> None:
        self._patient = patient
        self._deps = deps
        self._senders = {one.channel: one for one in senders if one.is_default}

    def run(self, courses: Sequence[_Course]) -> Iterator[SimulatedReminder]:
        messages = list(self._messages(courses))
        carried = self._carried(messages)
        delays = self._delays(messages, carried)
        loads: dict[int, list[_Message]] = {}
        for one in messages:
            if one.number in carried:
                loads.setdefault(carried[one.number], []).append(one)
        for one in messages:
            load = loads.get(one.number, ())
            yield self._shown(one, carried, delays.get(one.number), load)
        for course in courses:
            yield from self._silent(course)

    def _messages(self, courses: Sequence[_Course]) -> Iterator[_Message]:
        number = 0
        for course in courses:
            steps = {step.key: step for step in course.plan.steps}
            for reminder in course.planned.reminders:
                number += 1
                step = steps[reminder.step_key]
                yield _Message(number=number, reminder=reminder, step=step, course=course)

    def _carried(self, messages: Iterable[_Message]) -> dict[int, int]:
        visits: dict[object, list[VisitMessage]] = {}
        zone = ZoneInfo(self._patient.time_zone)
        for one in messages:
            if one.reminder.state is ReminderStatus.SCHEDULED:
                day = one.course.procedure_at.astimezone(zone).date()
                visits.setdefault(day, []).append(_in_visit(one))
        carried: dict[int, int] = {}
        for visit in visits.values():
            carried.update(together(visit))
        return carried

    def _delays(
        self, messages: Iterable[_Message], carried: Mapping[int, int]
    ) -> Mapping[int, _Delay]:
        """What a pause of the patient's messages and the daily cap make of those that are sent."""
        delays: dict[int, _Delay] = {}
        sent: list[Sending] = []
        for one in messages:
            if one.reminder.state is not ReminderStatus.SCHEDULED or one.number in carried:
                continue
            pause = self._pause(one.reminder)
            if pause is not None:
                delays[one.number] = pause
            if pause is None or pause.until is not None:
                sent.append(_sending(one, pause))
        if self._deps.daily_cap is not None:
            moved = moved_by_cap(sent, self._deps.daily_cap, self._patient.window())
            delays |= {number: _Delay(Reason.DAILY_CAP, until) for number, until in moved.items()}
        return delays

    def _pause(self, reminder: NewReminder) -> _Delay | None:
        paused_until = self._patient.paused_until
        if paused_until is None or reminder.due_at >= paused_until:
            return None
        try:
            until = next_opening(paused_until, self._patient.window())
        except NoOpening:
            return _Delay(Reason.PAUSED, None)
        return _Delay(Reason.PAUSED, until if until < reminder.useful_until else None)

    def _shown(
        self,
        one: _Message,
        carried: Mapping[int, int],
        delay: _Delay | None,
        load: Sequence[_Message],
    ) -> SimulatedReminder:
        reminder = one.reminder
        if reminder.state is not ReminderStatus.SCHEDULED:
            return self._held(one, reminder.state_reason)
        if one.number in carried:
            return self._held(one, Reason.MERGED)
        if delay is None:
            return self._said(one, load, reminder.due_at, None)
        if delay.until is None:
            return self._held(one, PAST_USEFULNESS[delay.code])
        return self._said(one, load, delay.until, _hold(delay.code, delay.until))

    def _held(self, one: _Message, code: Reason) -> SimulatedReminder:
        reminder = one.reminder
        return SimulatedReminder(
            step_key=reminder.step_key,
            kind=reminder.step_kind,
            channel=reminder.channel,
            due_at=reminder.due_at,
            local_due_at=reminder.local_due_at,
            hold=_hold(code),
        )

    def _said(
        self, one: _Message, load: Sequence[_Message], at: datetime, hold: HoldShown | None
    ) -> SimulatedReminder:
        reminder = one.reminder
        texts = [StepText(each.step, self._facts(each, at)) for each in (one, *load)]
        subject = body = None
        try:
            said = render_together(texts, reminder.channel, self._detail(reminder))
            subject, body = said.subject, said.text
        except CannotRender:
            hold = _hold(Reason.RENDER_FAILED)
        return SimulatedReminder(
            step_key=reminder.step_key,
            kind=reminder.step_kind,
            channel=reminder.channel,
            due_at=at,
            local_due_at=local_text(at, self._patient.window()),
            subject=subject,
            body=body,
            segments=count_segments(body).parts
            if body and reminder.channel is Channel.SMS
            else None,
            hold=hold,
        )

    def _facts(self, one: _Message, at: datetime) -> MessageFacts:
        facts = facts_about(
            self._patient,
            procedure_at=one.course.procedure_at,
            ended_at=None,
            said_at=at,
            voice=one.course.plan.voice,
        )
        sender = self._senders.get(one.reminder.channel)
        if sender is None:
            return facts
        return msgspec.structs.replace(
            facts, opt_out_way=sender.opt_out_way, postal_address=sender.postal_address
        )

    def _detail(self, reminder: NewReminder) -> MessageDetail:
        patient = self._patient
        consent = patient.consent(reminder.channel, reminder.purpose)
        contact = patient.contact(reminder.channel)
        if consent is None or contact is None:
            return MessageDetail.DISCREET
        return detail_allowed(patient.detail, consent.detail, is_shared=contact.is_shared)

    def _silent(self, course: _Course) -> Iterator[SimulatedReminder]:
        """What no message is planned for: clinicians' steps, and channels that may not be used."""
        for placed in course.planned.placed:
            if placed.step.kind is StepKind.CLINICIAN_TASK:
                code = None if placed.fate is StepOutcome.DUE else placed.decided[-1]
                yield self._unsent(placed, None, code)
            else:
                for channel in placed.step.channels:
                    if code := self._lack(placed.step, channel):
                        yield self._unsent(placed, channel, code)

    def _lack(self, step: AftercareStep, channel: Channel) -> Reason | None:
        if channel not in self._patient.channels:
            return None  # not wanted, so nothing is missing
        found = route(self._patient, channel, step.purpose)
        return found if isinstance(found, Reason) else None

    def _unsent(
        self, placed: PlannedStep, channel: Channel | None, code: Reason | None
    ) -> SimulatedReminder:
        return SimulatedReminder(
            step_key=placed.step.key,
            kind=placed.step.kind,
            channel=channel,
            due_at=placed.due_at,
            local_due_at=local_text(placed.due_at, self._patient.window()),
            hold=_hold(code) if code else None,
        )


def _in_visit(one: _Message) -> VisitMessage:
    reminder = one.reminder
    return VisitMessage(
        id=one.number,
        state=reminder.state,
        channel=reminder.channel,
        contact_point_id=reminder.contact_point_id,
        purpose=reminder.purpose,
        lane=reminder.lane,
        step_kind=reminder.step_kind,
        due_at=reminder.due_at,
        useful_until=reminder.useful_until,
        local_due_at=reminder.local_due_at,
    )


def _sending(one: _Message, pause: _Delay | None) -> Sending:
    reminder = one.reminder
    return Sending(
        id=one.number,
        channel=reminder.channel,
        lane=reminder.lane,
        step_kind=reminder.step_kind,
        due_at=(pause and pause.until) or reminder.due_at,
        useful_until=reminder.useful_until,
    )


def _hold(code: Reason, until: datetime | None = None) -> HoldShown:
    return HoldShown(code=code, text=code.sentence, until=until)
