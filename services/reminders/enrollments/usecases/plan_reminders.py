"""Turns a pinned plan into reminders and staff tasks; doing it twice changes nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from services.contracts.catalog import AftercarePlan, Channel, Purpose, StepKind
from services.contracts.errors import Caution
from services.contracts.events import ReminderChanged
from services.contracts.reminders import Scope
from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.core.key import Key
from services.reminders.core.outbound import Priority
from services.reminders.core.patient import Patient, Route, route
from services.reminders.core.reasons import Reason
from services.reminders.core.visits import slot
from services.reminders.core.windows import Window, local_text
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.new_reminder import NewReminder
from services.reminders.enrollments.domain.schedule import (
    SENT_LATE,
    PlannedStep,
    ProcedureTimes,
    StepOutcome,
    plan_steps,
)
from services.reminders.enrollments.domain.step_task import NewTask
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.merge_visit import merge_visit

_STATES = {
    StepOutcome.DUE: ReminderStatus.SCHEDULED,
    StepOutcome.SKIPPED: ReminderStatus.SKIPPED,
    StepOutcome.EXPIRED: ReminderStatus.EXPIRED,
}
_MISSING = {
    Reason.NO_CONTACT: "no address is known",
    Reason.SUPPRESSED: "its address must not be used",
    Reason.NO_CONSENT: "no consent for it stands",
}
_NOT_SENT = {
    Reason.LATE_SKIPPED: "its time had passed, and it is not sent late",
    Reason.LATE_EXPIRED: "it is no longer useful",
    Reason.WINDOW_EXPIRED: "it falls into quiet hours and is of no use after them",
    Reason.NO_COMMON_HOUR: ("no hour is allowed wherever the patient may be; state the time zone"),
}


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan comes to for one patient: computed, and nothing stored.

    `placed` has every step; `reminders` those that can be sent, on each channel that may carry
    them; `cautions` say what will not go out.
    """

    placed: tuple[PlannedStep, ...]
    reminders: tuple[NewReminder, ...]
    tasks: tuple[NewTask, ...]
    cautions: tuple[Caution, ...]


def planned_reminders(
    plan: AftercarePlan,
    patient: Patient,
    *,
    started_at: datetime,
    ended_at: datetime | None,
    now: datetime,
) -> Planned:
    """Compute what enrolling at the product's `now` would store."""
    occasion = ProcedureTimes(
        started_at=started_at,
        ended_at=ended_at,
        window=patient.window(),
        now=now,
        who=f"{patient.clinic.id}.{patient.id}",
    )
    placed = plan_steps(plan.steps, occasion)
    routes = _Routes(patient)
    return Planned(
        placed=placed,
        reminders=tuple(_reminders(placed, routes, patient)),
        tasks=tuple(_tasks(placed)),
        cautions=(*routes.cautions(_spoken(placed)), *_cautions(placed, routes)),
    )


def occasion_of(enrollment: Enrollment, patient: Patient, now: datetime) -> ProcedureTimes:
    """An enrollment's procedure as planning looks at it."""
    return ProcedureTimes(
        started_at=enrollment.procedure_at,
        ended_at=enrollment.procedure_ended_at,
        window=patient.window(),
        now=now,
        who=f"{patient.clinic.id}.{patient.id}",
    )


def ends_at(placed: Iterable[PlannedStep]) -> datetime | None:
    """When the last step is of no more use."""
    return max((one.useful_until for one in placed), default=None)


def planned_for(
    uow: EnrollmentsUnitOfWork, enrollment: Enrollment, patient: Patient, plan: AftercarePlan
) -> Planned:
    """Compute what an enrollment's plan comes to from now on."""
    return planned_reminders(
        plan,
        patient,
        started_at=enrollment.procedure_at,
        ended_at=enrollment.procedure_ended_at,
        now=uow.now(),
    )


def store_reminders(
    uow: EnrollmentsUnitOfWork,
    scope: Scope,
    enrollment: Enrollment,
    reminders: Sequence[NewReminder],
) -> None:
    """Store what is not planned yet, and say in one what falls into one hour of the visit."""
    for added in uow.planned_reminders.add(scope, enrollment, reminders):
        uow.announce(ReminderChanged(clinic_id=scope.clinic_id, reminder_id=added))
    if enrollment.visit_reference is not None or _meet(reminders):
        merge_visit(uow, scope, enrollment)


def plan_reminders(
    uow: EnrollmentsUnitOfWork,
    scope: Scope,
    enrollment: Enrollment,
    planned: Planned,
    carriers: Collection[Channel],
) -> tuple[Caution, ...]:
    """Plan every step that can be sent and open every task, and say what will not be sent.

    `carriers` are the channels that the clinic has an address of its own for.
    """
    store_reminders(uow, scope, enrollment, planned.reminders)
    uow.step_tasks.open(scope, enrollment.patient_id, enrollment.id, planned.tasks)
    return (*planned.cautions, *_senderless(planned.reminders, carriers))


def plan_missing(
    uow: EnrollmentsUnitOfWork, scope: Scope, enrollment: Enrollment, patient: Patient
) -> None:
    """Plan what a consent given after enrollment permits; nothing is made up for.

    What was skipped because none stood, after a STOP for instance, is planned once more.
    """
    key = (enrollment.clinic_id, enrollment.plan_version_id)
    planned = planned_for(uow, enrollment, patient, uow.plans.get([key])[key])
    timely = {
        one.step.key
        for one in planned.placed
        if one.fate is StepOutcome.DUE and SENT_LATE.isdisjoint(one.decided)
    }
    denied = uow.planned_reminders.denied(Key(enrollment.clinic_id, enrollment.mode, enrollment.id))
    permitted = [
        msgspec.structs.replace(one, generation=denied.get((one.step_key, one.channel), -1) + 1)
        for one in planned.reminders
        if one.step_key in timely
    ]
    store_reminders(uow, scope, enrollment, permitted)


def has_any_route(patient: Patient, purpose: Purpose) -> bool:
    return any(isinstance(route(patient, channel, purpose), Route) for channel in patient.channels)


class _Routes:
    """The ways to a patient, looked up once for each channel and purpose."""

    def __init__(self, patient: Patient) -> None:
        self.channels = patient.channels
        self._found = {
            (channel, purpose): route(patient, channel, purpose)
            for channel in patient.channels
            for purpose in Purpose
        }

    def usable(self, one: PlannedStep) -> Iterator[tuple[Channel, Route]]:
        for channel in one.step.channels:
            found = self._found.get((channel, one.step.purpose))
            if isinstance(found, Route):
                yield channel, found

    def cautions(self, placed: Iterable[PlannedStep]) -> Iterator[Caution]:
        """Say, for each channel and purpose the plan speaks by, what keeps it silent."""
        wanted = {(channel, one.step.purpose) for one in placed for channel in one.step.channels}
        for (channel, purpose), found in self._found.items():
            if (channel, purpose) in wanted and isinstance(found, Reason):
                message = f"Nothing for {purpose.lower()} goes out by {channel}: {_MISSING[found]}."
                yield Caution(code=found, message=message)


def _meet(reminders: Iterable[NewReminder]) -> bool:
    """Whether two of them fall into one hour."""
    hours = Counter(
        (one.channel, one.purpose, slot(one.local_due_at))
        for one in reminders
        if one.state is ReminderStatus.SCHEDULED
    )
    return any(count > 1 for count in hours.values())


def _spoken(placed: Iterable[PlannedStep]) -> list[PlannedStep]:
    return [one for one in placed if one.step.kind is not StepKind.CLINICIAN_TASK]


def _reminders(
    placed: Iterable[PlannedStep], routes: _Routes, patient: Patient
) -> list[NewReminder]:
    window = patient.window()
    return [
        _reminder(one, channel, relied_on, patient, window)
        for one in _spoken(placed)
        for channel, relied_on in routes.usable(one)
    ]


def _reminder(
    one: PlannedStep, channel: Channel, relied_on: Route, patient: Patient, window: Window
) -> NewReminder:
    zone = Reason.ZONE_STATED if patient.is_zone_stated else Reason.ZONE_OF_CLINIC
    unsure = ((Reason.ZONE_UNSURE, None),) if window.also else ()
    return NewReminder(
        contact_point_id=relied_on.contact_point_id,
        consent_id=relied_on.consent_id,
        step_key=one.step.key,
        step_kind=one.step.kind,
        purpose=one.step.purpose,
        channel=channel,
        lane=_lane(one),
        state=_STATES[one.fate],
        state_reason=one.decided[-1],
        due_at=one.due_at,
        useful_until=one.useful_until,
        local_due_at=local_text(one.due_at, window),
        time_zone=patient.time_zone,
        decided=(
            (zone, patient.time_zone),
            *unsure,
            (Reason.CONSENT_RELIED_ON, f"entry {relied_on.consent_id}"),
            *((decided, None) for decided in one.decided),
        ),
    )


def _lane(one: PlannedStep) -> Priority:
    if one.step.urgent and Reason.LATE_CAUGHT_UP not in one.decided:
        return Priority.URGENT
    return Priority.BULK if one.step.purpose is Purpose.MARKETING else Priority.NORMAL


def _tasks(placed: Iterable[PlannedStep]) -> Iterator[NewTask]:
    for one in placed:
        if one.step.kind is StepKind.CLINICIAN_TASK and one.fate is StepOutcome.DUE:
            yield NewTask(
                kind=TaskKind.CLINICIAN_STEP,
                title=one.step.title,
                step_key=one.step.key,
                due_at=one.due_at,
            )


def _senderless(
    reminders: Iterable[NewReminder], carriers: Collection[Channel]
) -> Iterator[Caution]:
    wanted = dict.fromkeys(one.channel for one in reminders)
    for channel in wanted:
        if channel not in carriers:
            message = f"The clinic has no address to send by {channel} from: nothing leaves yet."
            yield Caution(code=Reason.NO_SENDER, message=message)


def _cautions(placed: Iterable[PlannedStep], routes: _Routes) -> Iterator[Caution]:
    for one in placed:
        if why := _NOT_SENT.get(one.decided[-1]):
            yield _not_sent(one, one.decided[-1], why)
    for one in _spoken(placed):
        if one.fate is StepOutcome.DUE and not any(routes.usable(one)):
            yield _not_sent(one, "NOT_PLANNED", "no channel is left for it")


def _not_sent(one: PlannedStep, code: str, why: str) -> Caution:
    return Caution(
        code=code, message=f"“{one.step.title}” will not be sent: {why}.", step_key=one.step.key
    )
