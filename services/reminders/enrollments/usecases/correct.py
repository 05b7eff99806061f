"""Corrects outdated advice, with at most one message a patient and day.

A message is outdated if it would read differently now. One sent before the procedure is outdated
whenever the visit's local day or time changes: “tomorrow” reads the same and is wrong. Procedures
in the past are left alone.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import AftercareStep, Channel, Purpose
from services.contracts.enrollments import ChangeEffect, ReminderChange
from services.contracts.reminders import Scope
from services.contracts.words import MessageDetail
from services.reminders.core.enrollment import follows_procedure
from services.reminders.core.key import Key
from services.reminders.core.message_text import (
    CannotRender,
    MessageFacts,
    RenderedMessage,
    facts_about,
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
from services.reminders.enrollments.usecases.replan import ReplanInput, Replanned
from services.reminders.rendering.renderer import render


class DueCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """`instead_of` is an outdated correction that has not begun: the new one replaces it."""

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
    moves: Sequence[Replanned],
) -> DueCorrection | None:
    """The one message that the moves of a visit make necessary, or None."""
    outdated = [
        (move.input, row)
        for move in moves
        if move.input.after.procedure_at > uow.now()
        for row in _outdated(move, uow.now())
    ]
    by_channel = {row.channel: (replan_input, row) for replan_input, row in outdated}
    for channel in (Channel.SMS, Channel.EMAIL):
        if channel in by_channel:
            replan_input, row = by_channel[channel]
            usable = route(replan_input.patient, channel, Purpose.CARE)
            if isinstance(usable, Route):
                moved = {move.input.after.id for move in moves}
                return _correction(uow, _Outdated(replan_input, row, usable, moved))
    return None


def store_correction(uow: EnrollmentsUnitOfWork, scope: Scope, due: DueCorrection) -> None:
    instead_of = None if due.instead_of is None else due.instead_of.id
    if instead_of is not None:
        uow.corrections.cancel(scope.clinic_id, instead_of)
    correction_id = uow.corrections.add(scope, due.new)
    uow.announce_reminders(scope.clinic_id, filter(None, (correction_id, instead_of)))


def _outdated(move: Replanned, now: datetime) -> Iterator[PlannedRow]:
    replan_input = move.input
    steps = {step.key: step for step in replan_input.plan_before.steps}
    patient, voice = replan_input.patient, replan_input.plan_before.voice
    was = facts_about(patient, replan_input.before, sent_at=now, voice=voice)
    becomes = facts_about(patient, replan_input.after, sent_at=now, voice=voice)
    is_moved = _clock_time(replan_input.before, patient) != _clock_time(replan_input.after, patient)
    for row in sorted(move.rows, key=lambda row: row.due_at):
        step = steps.get(row.step_key)
        if step is None or not row.has_begun:
            continue
        is_advice_before = is_moved and not follows_procedure(step)
        texts = (_texts(step, row.channel, facts) for facts in (was, becomes))
        if is_advice_before or len(set(texts)) > 1:
            yield row


def _clock_time(enrollment: Enrollment, patient: Patient) -> str:
    """The visit's day and time at the clinic, to the minute."""
    zone = ZoneInfo(patient.clinic.time_zone)
    return f"{enrollment.procedure_at.astimezone(zone):%Y-%m-%d %H:%M}"


def _texts(step: AftercareStep, channel: Channel, facts: MessageFacts) -> tuple[str | None, ...]:
    def text(detail: MessageDetail) -> str | None:
        try:
            return render(step, channel, detail, facts).text
        except CannotRender:
            return None

    return tuple(map(text, MessageDetail))


class _Outdated(msgspec.Struct, frozen=True):
    """An outdated message, the route of its correction, and the enrollments that move."""

    input: ReplanInput
    row: PlannedRow
    route: Route
    moved: set[int]


def _correction(uow: EnrollmentsUnitOfWork, outdated: _Outdated) -> DueCorrection | None:
    patient, procedure_at = outdated.input.patient, outdated.input.after.procedure_at
    window = patient.window()
    today = _midnight(uow.now(), patient)
    corrections = uow.corrections.since(Key(patient.clinic.id, patient.mode, patient.id), today)
    stale = next(
        (sent for sent in corrections if sent.waits and sent.enrollment_id in outdated.moved), None
    )
    used_days = {_midnight(sent.due_at, patient) for sent in corrections if sent is not stale}
    try:
        due_at = next_opening(_free_day(uow.now(), used_days, patient), window)
    except NoOpening:
        return None
    message = None if due_at >= procedure_at else _message(outdated, due_at)
    if message is None:
        return None
    return DueCorrection(
        about=outdated.row,
        instead_of=stale,
        new=Correction(
            patient_id=patient.id,
            enrollment_id=outdated.input.after.id,
            contact_point_id=outdated.route.contact_point_id,
            consent_id=outdated.route.consent_id,
            channel=outdated.row.channel,
            due_at=due_at,
            useful_until=procedure_at,
            local_due_at=local_text(due_at, window),
            time_zone=patient.time_zone,
            subject=message.subject,
            text=message.text,
        ),
    )


def _message(outdated: _Outdated, due_at: datetime) -> RenderedMessage | None:
    replan_input, patient = outdated.input, outdated.input.patient
    facts = facts_about(
        patient, replan_input.after, sent_at=due_at, voice=replan_input.plan_after.voice
    )
    step = correction_step(patient.locale)
    try:
        return render(step, outdated.row.channel, MessageDetail.DISCREET, facts)
    except CannotRender:
        return None


def _free_day(now: datetime, used_days: set[datetime], patient: Patient) -> datetime:
    """Now, or the start of the first local day without a correction."""
    at, day = now, _midnight(now, patient)
    while day in used_days:
        zone = patient.window().zone
        at = day = instant(day.astimezone(zone).date() + timedelta(days=1), time(0), zone)
    return at


def _midnight(at: datetime, patient: Patient) -> datetime:
    zone = patient.window().zone
    return instant(at.astimezone(zone).date(), time(0), zone)
