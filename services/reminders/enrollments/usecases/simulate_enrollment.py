"""Shows everything a patient would be sent, by the same rules, and stores nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import AftercareStep, Channel, StepKind
from services.contracts.reminders import HoldShown
from services.contracts.senders import SenderRecord
from services.contracts.simulation import SimulatedReminder, SimulateEnrollment
from services.contracts.sms.limits import all_parts
from services.contracts.sms.segments import count_segments
from services.reminders.core.key import Key
from services.reminders.core.message_text import (
    PREVIEWED_LINK,
    CannotRender,
    MessageFacts,
    StepText,
    facts_about,
)
from services.reminders.core.patient import Patient, route
from services.reminders.core.reasons import PAST_USEFULNESS, Reason
from services.reminders.core.senders import signed_by
from services.reminders.core.windows import local_text
from services.reminders.enrollments.domain.planning import plan_for, times_for
from services.reminders.enrollments.domain.schedule import PlannedStep, StepOutcome
from services.reminders.enrollments.domain.simulation import (
    Delay,
    Message,
    SimulatedPlan,
    delays_of,
    imagined_patient,
    merge_hosts,
    messages_of,
)
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.eligibility import PlanSource, start_faults
from services.reminders.enrollments.usecases.merged_texts import (
    fit_together,
    sms_limit,
    sms_senders,
)
from services.reminders.rendering.renderer import render_together


class SimulationDeps(msgspec.Struct, frozen=True, kw_only=True):
    """Where plans come from, and the daily cap that workers apply."""

    source: PlanSource
    daily_cap: int | None


def simulate_enrollment(
    uow: EnrollmentsUnitOfWork, ask: SimulateEnrollment, deps: SimulationDeps
) -> tuple[SimulatedReminder, ...] | None:
    patient = _patient(uow, ask)
    if patient is None:
        return None
    plans = []
    for wanted in ask.plans:
        if any(start_faults(wanted.procedure_at, uow.now())):
            return None
        clinic_plan = deps.source.plan(ask.scope.clinic_id, wanted.plan, patient.locale)
        if clinic_plan is None or clinic_plan.conflicts:
            return None
        times = times_for(patient, wanted.procedure_at, None, uow.now())
        planned = plan_for(clinic_plan.plan, patient, times)
        plans.append(
            SimulatedPlan(plan=clinic_plan.plan, procedure_at=wanted.procedure_at, planned=planned)
        )
    senders = uow.senders.list(ask.scope.clinic_id)
    reminders = [*_messages(plans, patient, deps, senders), *_steps_without_message(plans, patient)]
    return tuple(
        sorted(reminders, key=lambda item: (item.due_at, item.step_key, item.channel or ""))
    )


def _patient(uow: EnrollmentsUnitOfWork, ask: SimulateEnrollment) -> Patient | None:
    if ask.patient_id is None:
        clinic = uow.clinics.get([ask.scope.clinic_id]).get(ask.scope.clinic_id)
        return None if clinic is None else imagined_patient(clinic, ask, uow.now())
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


def _messages(
    plans: Sequence[SimulatedPlan],
    patient: Patient,
    deps: SimulationDeps,
    senders: Sequence[SenderRecord],
) -> Iterator[SimulatedReminder]:
    """What becomes of each message that would be planned."""
    messages = list(messages_of(plans))
    texts = _Texts(patient, senders, messages)
    hosts = merge_hosts(messages, ZoneInfo(patient.time_zone), texts.fit)
    sent = [message for message in messages if message.is_scheduled and message.number not in hosts]
    delays = delays_of(sent, patient, deps.daily_cap)
    merged: defaultdict[int, list[Message]] = defaultdict(list)
    for message in messages:
        if message.number in hosts:
            merged[hosts[message.number]].append(message)
    for message in messages:
        if not message.is_scheduled:
            yield _unsent(message, message.reminder.state_reason)
        elif message.number in hosts:
            yield _unsent(message, Reason.MERGED)
        else:
            delay = delays.get(message.number)
            yield _sent(message, merged[message.number], delay, texts)


def _unsent(message: Message, code: Reason) -> SimulatedReminder:
    reminder = message.reminder
    return SimulatedReminder(
        step_key=reminder.step_key,
        kind=reminder.step_kind,
        channel=reminder.channel,
        due_at=reminder.due_at,
        local_due_at=reminder.local_due_at,
        hold=_hold(code),
    )


def _sent(
    message: Message, merged: Sequence[Message], delay: Delay | None, texts: "_Texts"
) -> SimulatedReminder:
    if delay is None:
        return texts.shown(message, merged, message.reminder.due_at, None)
    if delay.until is None:
        return _unsent(message, PAST_USEFULNESS[delay.code])
    return texts.shown(message, merged, delay.until, _hold(delay.code, delay.until))


class _Texts:
    """Renders the messages of one patient."""

    def __init__(
        self, patient: Patient, senders: Sequence[SenderRecord], messages: Sequence[Message]
    ) -> None:
        self._patient = patient
        self._by_number = {message.number: message for message in messages}
        self._limit = sms_limit(sms_senders(senders))
        self._senders = {sender.channel: sender for sender in senders if sender.is_default}

    def fit(self, numbers: Sequence[int]) -> bool:
        """Whether the texts of these messages are carried whole as one."""
        messages = [self._by_number[number] for number in numbers]
        first = messages[0].reminder
        if first.channel is not Channel.SMS:
            return True
        texts = [StepText(item.step, self._facts(item, item.reminder.due_at)) for item in messages]
        detail = self._patient.detail_for(first.channel, first.purpose)
        return fit_together(texts, detail, self._limit)

    def _segments(self, body: str) -> int:
        parts = all_parts(body, self._limit)
        return sum(count_segments(part.text).parts for part in parts)

    def shown(
        self, message: Message, merged: Sequence[Message], at: datetime, hold: HoldShown | None
    ) -> SimulatedReminder:
        """The message as it would read at a time, with the texts that are merged into it."""
        reminder = message.reminder
        texts = [StepText(part.step, self._facts(part, at)) for part in (message, *merged)]
        subject = body = None
        try:
            detail = self._patient.detail_for(reminder.channel, reminder.purpose)
            rendered = render_together(texts, reminder.channel, detail)
            subject, body = rendered.subject, rendered.text
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
            segments=self._segments(body) if body and reminder.channel is Channel.SMS else None,
            hold=hold,
        )

    def _facts(self, message: Message, at: datetime) -> MessageFacts:
        facts = facts_about(
            self._patient,
            message.of,
            sent_at=at,
            voice=message.of.plan.voice,
            unsubscribe_url=PREVIEWED_LINK,
        )
        sender = self._senders.get(message.reminder.channel)
        return signed_by(sender, facts) if sender else facts


def _steps_without_message(
    plans: Sequence[SimulatedPlan], patient: Patient
) -> Iterator[SimulatedReminder]:
    """Clinicians' steps, and steps on channels that may not be used."""
    for planned_step in (step for plan in plans for step in plan.planned.steps):
        if planned_step.step.kind is StepKind.CLINICIAN_TASK:
            is_due = planned_step.outcome is StepOutcome.DUE
            code = None if is_due else planned_step.decided[-1]
            yield _without_message(planned_step, patient, None, code)
        else:
            for channel in planned_step.step.channels:
                if code := _obstacle(planned_step.step, channel, patient):
                    yield _without_message(planned_step, patient, channel, code)


def _obstacle(step: AftercareStep, channel: Channel, patient: Patient) -> Reason | None:
    if channel not in patient.channels:
        return None  # not wanted, so nothing is missing
    result = route(patient, channel, step.purpose)
    return result if isinstance(result, Reason) else None


def _without_message(
    planned_step: PlannedStep, patient: Patient, channel: Channel | None, code: Reason | None
) -> SimulatedReminder:
    return SimulatedReminder(
        step_key=planned_step.step.key,
        kind=planned_step.step.kind,
        channel=channel,
        due_at=planned_step.due_at,
        local_due_at=local_text(planned_step.due_at, patient.window()),
        hold=_hold(code) if code else None,
    )


def _hold(code: Reason, until: datetime | None = None) -> HoldShown:
    return HoldShown(code=code, text=code.sentence, until=until)
