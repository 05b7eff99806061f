"""Puts outdated advice right, with at most one message a patient and day.

A message is outdated when it would read otherwise now. What went out before the procedure is so
whenever the visit's local day or time is another one: “tomorrow” reads alike, and is wrong. What
lies behind everybody is left alone.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, Purpose
from services.contracts.enrollments import ChangeEffect, ReminderChange
from services.contracts.events import ReminderChanged
from services.contracts.reminders import Scope
from services.contracts.words import MessageDetail
from services.reminders.core.enrollment import follows_procedure
from services.reminders.core.key import Key
from services.reminders.core.message_text import (
    CannotRender,
    MessageFacts,
    RenderedMessage,
)
from services.reminders.core.patient import Patient, Route, route
from services.reminders.core.windows import NoOpening, instant, local_text, next_opening
from services.reminders.enrollments.domain.correction import (
    Correction,
    SentCorrection,
    correction_step,
)
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.revision import PlannedRow
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.dry_run_render import facts_about
from services.reminders.enrollments.usecases.replan import ReplanInput, Replanned
from services.reminders.rendering.renderer import render


class DueCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """`instead_of` is a correction that has not begun, and says what is no longer so."""

    about: PlannedRow
    new: Correction
    instead_of: SentCorrection | None

    def change(self) -> ReminderChange:
        return ReminderChange(
            step_key=self.about.step_key,
            channel=self.new.channel,
            effect=ChangeEffect.CORRECTION,
            was=self.about.due_at,
            becomes=self.new.due_at,
        )


def correction_for(
    uow: EnrollmentsUnitOfWork,
    moved: Sequence[Replanned],
) -> DueCorrection | None:
    """The one message that all these moves of a visit make necessary, if they do."""
    outdated = [
        (done.course, row)
        for done in moved
        if done.course.after.procedure_at > uow.now()
        for row in _outdated(done, uow.now())
    ]
    by_channel = {row.channel: (course, row) for course, row in outdated}
    for channel in (Channel.SMS, Channel.EMAIL):
        if channel in by_channel:
            course, row = by_channel[channel]
            by = route(course.patient, channel, Purpose.CARE)
            if isinstance(by, Route):
                found = _Outdated(course, row, by, {done.course.after.id for done in moved})
                return _correction(uow, found)
    return None


def store_correction(uow: EnrollmentsUnitOfWork, scope: Scope, due: DueCorrection) -> None:
    instead_of = None if due.instead_of is None else due.instead_of.id
    if instead_of is not None:
        uow.corrections.cancel(scope.clinic_id, instead_of)
    number = uow.corrections.add(scope, due.new)
    for changed in (number, instead_of):
        if changed is not None:
            uow.announce(ReminderChanged(clinic_id=scope.clinic_id, reminder_id=changed))


def _outdated(done: Replanned, now: datetime) -> Iterator[PlannedRow]:
    course = done.course
    steps = {step.key: step for step in course.plan_before.steps}
    was, becomes = (
        _facts(course.patient, course.before, course.plan_before, now),
        _facts(course.patient, course.after, course.plan_before, now),
    )
    is_moved = _on_the_clock(course.before, course) != _on_the_clock(course.after, course)
    for row in sorted(done.rows, key=lambda one: one.due_at):
        step = steps.get(row.step_key)
        if step is None or not row.has_begun:
            continue
        is_advice_before = is_moved and not follows_procedure(step)
        texts = (_texts(step, row.channel, facts) for facts in (was, becomes))
        if is_advice_before or len(set(texts)) > 1:
            yield row


def _on_the_clock(one: Enrollment, course: ReplanInput) -> str:
    """The visit's day and time as the clinic and its patients say them: to the minute."""
    zone = ZoneInfo(course.patient.clinic.time_zone)
    return f"{one.procedure_at.astimezone(zone):%Y-%m-%d %H:%M}"


def _texts(step: AftercareStep, channel: Channel, facts: MessageFacts) -> tuple[str | None, ...]:
    def text(detail: MessageDetail) -> str | None:
        try:
            return render(step, channel, detail, facts).text
        except CannotRender:
            return None

    return tuple(map(text, MessageDetail))


def _facts(patient: Patient, one: Enrollment, plan: AftercarePlan, now: datetime) -> MessageFacts:
    return facts_about(
        patient,
        procedure_at=one.procedure_at,
        ended_at=one.procedure_ended_at,
        said_at=now,
        voice=plan.voice,
    )


class _Outdated(msgspec.Struct, frozen=True):
    """What is outdated, how it is put right, and the enrollments that move together."""

    course: ReplanInput
    about: PlannedRow
    by: Route
    moved: set[int]


def _correction(uow: EnrollmentsUnitOfWork, found: _Outdated) -> DueCorrection | None:
    patient, procedure_at = found.course.patient, found.course.after.procedure_at
    window = patient.window()
    today = _midnight(uow.now(), patient)
    said = uow.corrections.since(Key(patient.clinic.id, patient.mode, patient.id), today)
    stale = next((one for one in said if one.waits and one.enrollment_id in found.moved), None)
    taken = {_midnight(one.due_at, patient) for one in said if one is not stale}
    try:
        due_at = next_opening(_free_day(uow.now(), taken, patient), window)
    except NoOpening:
        return None
    message = None if due_at >= procedure_at else _message(found, due_at)
    if message is None:
        return None
    return DueCorrection(
        about=found.about,
        instead_of=stale,
        new=Correction(
            patient_id=patient.id,
            enrollment_id=found.course.after.id,
            contact_point_id=found.by.contact_point_id,
            consent_id=found.by.consent_id,
            channel=found.about.channel,
            due_at=due_at,
            useful_until=procedure_at,
            local_due_at=local_text(due_at, window),
            time_zone=patient.time_zone,
            subject=message.subject,
            text=message.text,
        ),
    )


def _message(found: _Outdated, due_at: datetime) -> RenderedMessage | None:
    course, patient = found.course, found.course.patient
    # Where the visit is: its time of day is the clinic's, wherever the patient reads it.
    facts = msgspec.structs.replace(
        _facts(patient, course.after, course.plan_after, due_at),
        time_zone=patient.clinic.time_zone,
    )
    step = correction_step(patient.locale)
    try:
        return render(step, found.about.channel, MessageDetail.DISCREET, facts)
    except CannotRender:
        return None


def _free_day(now: datetime, taken: set[datetime], patient: Patient) -> datetime:
    """Now, or the start of the first local day on which no correction goes out."""
    at, day = now, _midnight(now, patient)
    while day in taken:
        zone = patient.window().zone
        at = day = instant(day.astimezone(zone).date() + timedelta(days=1), time(0), zone)
    return at


def _midnight(at: datetime, patient: Patient) -> datetime:
    zone = patient.window().zone
    return instant(at.astimezone(zone).date(), time(0), zone)
