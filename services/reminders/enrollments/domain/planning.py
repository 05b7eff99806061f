"""What a plan comes to for one patient: reminders, staff tasks and cautions. Pure."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.contracts.catalog import AftercarePlan, Channel, Purpose, StepKind
from services.contracts.errors import Caution
from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.core.enrollment import follows_procedure
from services.reminders.core.outbound import Priority
from services.reminders.core.patient import Patient, Route, route
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import Window, local_text
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.reminders import NewReminder, NewTask
from services.reminders.enrollments.domain.revision import StepChannel
from services.reminders.enrollments.domain.schedule import (
    PlannedStep,
    ProcedureTimes,
    StepOutcome,
    nominal_at,
    plan_steps,
)

_STATES: Final = {
    StepOutcome.DUE: ReminderStatus.SCHEDULED,
    StepOutcome.SKIPPED: ReminderStatus.SKIPPED,
    StepOutcome.EXPIRED: ReminderStatus.EXPIRED,
}
_MISSING: Final = {
    Reason.NO_CONTACT: "no address is known",
    Reason.SUPPRESSED: "its address must not be used",
    Reason.NO_CONSENT: "there is no consent for it",
}
_NOT_SENT: Final = {
    Reason.LATE_SKIPPED: "its time had passed, and it is not sent late",
    Reason.LATE_EXPIRED: "it is no longer useful",
    Reason.WINDOW_EXPIRED: "it falls into quiet hours and is of no use after them",
    Reason.NO_COMMON_HOUR: "no hour is allowed wherever the patient may be; state the time zone",
}
_FIRST_HOURS: Final = timedelta(hours=12)
_SOON: Final = timedelta(hours=2)
"""Advice sent later than this after its time does not reach the patient on the way home."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What enrolling would store.

    `steps` has every step; `reminders` those that can be sent, one for each usable channel;
    `cautions` name what will not be sent.
    """

    steps: tuple[PlannedStep, ...]
    reminders: tuple[NewReminder, ...]
    tasks: tuple[NewTask, ...]
    cautions: tuple[Caution, ...]

    @property
    def ends_at(self) -> datetime | None:
        """When the last step is of no more use."""
        return max((step.useful_until for step in self.steps), default=None)


def plan_for(plan: AftercarePlan, patient: Patient, times: ProcedureTimes) -> Planned:
    """Compute what enrolling the patient would store at `times.now`."""
    steps = plan_steps(plan.steps, times)
    routes = _Routes(patient)
    return Planned(
        steps=steps,
        reminders=tuple(_reminders(steps, routes, patient)),
        tasks=tuple(_tasks(steps)),
        cautions=(*routes.cautions(_messages(steps)), *_step_cautions(steps, routes)),
    )


def times_for(
    patient: Patient, started_at: datetime, ended_at: datetime | None, now: datetime
) -> ProcedureTimes:
    return ProcedureTimes(
        started_at=started_at,
        ended_at=ended_at,
        window=patient.window(),
        now=now,
        spread_by=f"{patient.clinic.id}.{patient.id}",
    )


def times_of(enrollment: Enrollment, patient: Patient, now: datetime) -> ProcedureTimes:
    return times_for(patient, enrollment.procedure_at, enrollment.procedure_ended_at, now)


def has_any_route(patient: Patient, purpose: Purpose) -> bool:
    return any(isinstance(route(patient, channel, purpose), Route) for channel in patient.channels)


def sender_cautions(planned: Planned, sending_channels: Collection[Channel]) -> Iterator[Caution]:
    """Name each channel of the reminders that the clinic has no sender for."""
    for channel in dict.fromkeys(reminder.channel for reminder in planned.reminders):
        if channel not in sending_channels:
            message = f"The clinic has no sender for {channel}, so nothing is sent on it yet."
            yield Caution(code=Reason.NO_SENDER, message=message)


def paper_copy_cautions(
    planned: Planned,
    times: ProcedureTimes,
    sending_channels: Collection[Channel],
    begun: Collection[StepChannel] = (),
) -> Iterator[Caution]:
    """Name each advice of the first hours that will not reach the patient in time.

    Staff hand out a paper copy of it then. `begun` are the reminders that were sent already.
    """
    sent = {step_key for step_key, _ in begun}
    ended_at = times.ended_at or times.started_at
    for planned_step in planned.steps:
        step = planned_step.step
        nominal = nominal_at(step, times)
        is_advice = step.kind is StepKind.CARE and follows_procedure(step)
        if not is_advice or nominal >= ended_at + _FIRST_HOURS or step.key in sent:
            continue
        problem = _problem(planned, step.key, max(nominal, times.now), sending_channels)
        if problem:
            message = f"“{step.title}” {problem}: hand out a paper copy at the desk."
            yield Caution(code="PAPER_COPY_NEEDED", message=message, step_key=step.key)


def _problem(
    planned: Planned, step_key: str, wanted_at: datetime, sending_channels: Collection[Channel]
) -> str | None:
    due = [
        reminder.due_at
        for reminder in planned.reminders
        if reminder.step_key == step_key
        and reminder.state is ReminderStatus.SCHEDULED
        and reminder.channel in sending_channels
    ]
    if not due:
        return "cannot be sent"
    return "can be sent only hours later" if min(due) > wanted_at + _SOON else None


class _Routes:
    """The routes to a patient, looked up once for each channel and purpose."""

    def __init__(self, patient: Patient) -> None:
        self._routes = {
            (channel, purpose): route(patient, channel, purpose)
            for channel in patient.channels
            for purpose in Purpose
        }

    def usable(self, planned_step: PlannedStep) -> Iterator[tuple[Channel, Route]]:
        for channel in planned_step.step.channels:
            usable = self._routes.get((channel, planned_step.step.purpose))
            if isinstance(usable, Route):
                yield channel, usable

    def cautions(self, steps: Iterable[PlannedStep]) -> Iterator[Caution]:
        """Say why a channel and purpose that the steps use cannot be used."""
        wanted = {
            (channel, planned_step.step.purpose)
            for planned_step in steps
            for channel in planned_step.step.channels
        }
        for (channel, purpose), result in self._routes.items():
            if (channel, purpose) in wanted and isinstance(result, Reason):
                message = (
                    f"Nothing for {purpose.lower()} goes out by {channel}: {_MISSING[result]}."
                )
                yield Caution(code=result, message=message)


def _messages(steps: Iterable[PlannedStep]) -> list[PlannedStep]:
    return [step for step in steps if step.step.kind is not StepKind.CLINICIAN_TASK]


def _reminders(
    steps: Iterable[PlannedStep], routes: _Routes, patient: Patient
) -> Iterator[NewReminder]:
    window = patient.window()
    for planned_step in _messages(steps):
        for channel, usable in routes.usable(planned_step):
            yield _reminder(planned_step, channel, usable, patient, window)


def _reminder(
    planned_step: PlannedStep, channel: Channel, usable: Route, patient: Patient, window: Window
) -> NewReminder:
    zone = Reason.ZONE_STATED if patient.is_zone_stated else Reason.ZONE_OF_CLINIC
    unsure = ((Reason.ZONE_UNSURE, None),) if window.also else ()
    step = planned_step.step
    return NewReminder(
        contact_point_id=usable.contact_point_id,
        consent_id=usable.consent_id,
        step_key=step.key,
        step_kind=step.kind,
        purpose=step.purpose,
        channel=channel,
        priority=_priority(planned_step),
        state=_STATES[planned_step.outcome],
        state_reason=planned_step.decided[-1],
        due_at=planned_step.due_at,
        useful_until=planned_step.useful_until,
        local_due_at=local_text(planned_step.due_at, window),
        time_zone=patient.time_zone,
        decided=(
            (zone, patient.time_zone),
            *unsure,
            (Reason.CONSENT_RELIED_ON, f"entry {usable.consent_id}"),
            *((reason, None) for reason in planned_step.decided),
        ),
    )


def _priority(planned_step: PlannedStep) -> Priority:
    if planned_step.step.urgent and Reason.LATE_CAUGHT_UP not in planned_step.decided:
        return Priority.URGENT
    return Priority.BULK if planned_step.step.purpose is Purpose.MARKETING else Priority.NORMAL


def _tasks(steps: Iterable[PlannedStep]) -> Iterator[NewTask]:
    for planned_step in steps:
        step = planned_step.step
        if step.kind is StepKind.CLINICIAN_TASK and planned_step.outcome is StepOutcome.DUE:
            yield NewTask(
                kind=TaskKind.CLINICIAN_STEP,
                title=step.title,
                step_key=step.key,
                due_at=planned_step.due_at,
            )


def _step_cautions(steps: Iterable[PlannedStep], routes: _Routes) -> Iterator[Caution]:
    for planned_step in steps:
        reason = planned_step.decided[-1]
        if reason in _NOT_SENT:
            yield _step_caution(planned_step, reason, _NOT_SENT[reason])
    for planned_step in _messages(steps):
        if planned_step.outcome is StepOutcome.DUE and not any(routes.usable(planned_step)):
            yield _step_caution(planned_step, "NOT_PLANNED", "no channel is left for it")


def _step_caution(planned_step: PlannedStep, code: str, explanation: str) -> Caution:
    step = planned_step.step
    message = f"“{step.title}” will not be sent: {explanation}."
    return Caution(code=code, message=message, step_key=step.key)
