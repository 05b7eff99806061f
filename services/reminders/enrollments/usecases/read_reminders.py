"""Reminders as the API shows them: with texts and reasons, and counted by day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep
from services.contracts.enrollments import ReportDeliveries, ReportRow
from services.contracts.reminders import (
    AttemptRecord,
    DecisionRecord,
    HoldShown,
    ListReminders,
    ReminderPage,
    ReminderRecord,
    RenderReminder,
)
from services.contracts.words import MessageDetail, ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.may_send import why_not_sent
from services.reminders.core.message_text import (
    PREVIEWED_LINK,
    CannotRender,
    RenderedMessage,
    StepText,
    facts_about,
)
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import explain_code
from services.reminders.core.structs import struct_from
from services.reminders.database.decisions import Decision
from services.reminders.enrollments.domain.holding import holding
from services.reminders.enrollments.domain.reminders import StoredReminder
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.rendering.renderer import render_together


class _Context(msgspec.Struct, frozen=True):
    """What reminders are shown with, read with one query a table.

    `merged` has, by its host, what is merged into a message.
    """

    plans: Mapping[tuple[int, int], AftercarePlan]
    patients: Mapping[Key, Patient]
    merged: Mapping[tuple[int, int], Sequence[StoredReminder]]

    def plan(self, reminder: StoredReminder) -> AftercarePlan:
        return self.plans[reminder.clinic_id, reminder.plan_version_id]

    def step(self, reminder: StoredReminder) -> AftercareStep | None:
        steps = self.plan(reminder).steps
        return next((step for step in steps if step.key == reminder.step_key), None)

    def patient(self, reminder: StoredReminder) -> Patient:
        return self.patients[_patient_key(reminder)]


def list_reminders(uow: EnrollmentsUnitOfWork, asks: Sequence[ListReminders]) -> list[ReminderPage]:
    pages = uow.reminders.pages(asks)
    shown = [page[: ask.limit] for ask, page in zip(asks, pages, strict=True)]
    asked = [(ask, item) for ask, page in zip(asks, shown, strict=True) for item in page]
    records = _full(uow, [item for ask, item in asked if ask.details])
    records |= _brief(uow, [item for ask, item in asked if not ask.details])
    return [
        ReminderPage(
            items=tuple(records[item.clinic_id, item.id, ask.details] for item in shown_page),
            has_more=len(page) > ask.limit,
        )
        for ask, page, shown_page in zip(asks, pages, shown, strict=True)
    ]


def get_reminders(uow: EnrollmentsUnitOfWork, keys: Collection[Key]) -> dict[Key, ReminderRecord]:
    reminders = uow.reminders.get(keys)
    records = _full(uow, reminders.values())
    return {key: records[key.clinic_id, key.id, True] for key in reminders}


def render_reminders(
    uow: EnrollmentsUnitOfWork, asks: Sequence[RenderReminder]
) -> list[str | None]:
    """Render each reminder at the detail asked for, whether it was sent or not."""
    keys = [Key.within(ask.scope, ask.reminder_id) for ask in asks]
    reminders = uow.reminders.get(keys)
    context = _context(uow, reminders.values())
    texts: list[str | None] = []
    for ask, key in zip(asks, keys, strict=True):
        message = key in reminders and _render(reminders[key], context, ask.detail)
        texts.append(message.text if message else None)
    return texts


RecordKey = tuple[int, int, bool]  # (clinic id, reminder id, with details)


def _full(
    uow: EnrollmentsUnitOfWork, reminders: Collection[StoredReminder]
) -> dict[RecordKey, ReminderRecord]:
    if not reminders:
        return {}
    context = _context(uow, reminders)
    attempts = uow.reminders.attempts({_place(item) for item in reminders if item.attempts})
    decisions = uow.reminders.decisions({_place(item) for item in reminders})
    records: dict[RecordKey, ReminderRecord] = {}
    for item in reminders:
        place = _place(item)
        detail = context.patient(item).detail_for(item.channel, item.purpose)
        message = _sent_text(item) or _render(item, context, detail)
        records[*place, True] = _record(
            item,
            context,
            message,
            tuple(attempts.get(place, ())),
            _why(decisions.get(place, ())),
        )
    return records


def _brief(
    uow: EnrollmentsUnitOfWork, reminders: Collection[StoredReminder]
) -> dict[RecordKey, ReminderRecord]:
    context = _Context(_plans(uow, reminders), {}, {})
    return {(*_place(item), False): _record(item, context, None, (), ()) for item in reminders}


def _context(uow: EnrollmentsUnitOfWork, reminders: Collection[StoredReminder]) -> _Context:
    patients = {_patient_key(item) for item in reminders}
    merged = uow.reminders.merged({_place(item) for item in reminders if item.text is None})
    plans = _plans(uow, [*reminders, *chain.from_iterable(merged.values())])
    return _Context(plans, uow.patients.get(patients), merged)


def _plans(
    uow: EnrollmentsUnitOfWork, reminders: Iterable[StoredReminder]
) -> Mapping[tuple[int, int], AftercarePlan]:
    return uow.plans.get({(item.clinic_id, item.plan_version_id) for item in reminders})


def _place(reminder: StoredReminder) -> tuple[int, int]:
    return reminder.clinic_id, reminder.id


def _patient_key(reminder: StoredReminder) -> Key:
    return Key(reminder.clinic_id, reminder.mode, reminder.patient_id)


def _sent_text(reminder: StoredReminder) -> RenderedMessage | None:
    """The exact text of a message of which an attempt has begun."""
    if reminder.text is None:
        return None
    return RenderedMessage(text=reminder.text, subject=reminder.subject)


def _render(
    reminder: StoredReminder, context: _Context, detail: MessageDetail
) -> RenderedMessage | None:
    """A reminder's text with what is merged into it. Returns None if it cannot be rendered."""
    if context.patient(reminder).is_erased:
        return None
    own = _step_text(reminder.due_at, reminder, context)
    if own is None:
        return None
    merged = context.merged.get(_place(reminder), ())
    others = (_step_text(reminder.due_at, other, context) for other in merged)
    try:
        texts = [own, *(other for other in others if other)]
        return render_together(texts, reminder.channel, detail)
    except CannotRender:
        return None


def _step_text(at: datetime, reminder: StoredReminder, context: _Context) -> StepText | None:
    step = context.step(reminder)
    if step is None:
        return None
    patient, voice = context.patient(reminder), context.plan(reminder).voice
    return StepText(
        step,
        facts_about(patient, reminder, sent_at=at, voice=voice, unsubscribe_url=PREVIEWED_LINK),
    )


def _hold(reminder: StoredReminder, context: _Context) -> HoldShown | None:
    patient = context.patients.get(_patient_key(reminder))
    now = why_not_sent(patient.send_facts(reminder.channel, reminder.purpose)) if patient else None
    return holding(reminder.status, reminder.status_reason, reminder.due_at, now)


def _why(decisions: Iterable[Decision]) -> tuple[DecisionRecord, ...]:
    return tuple(
        DecisionRecord(at=item.at, code=item.code, text=explain_code(item.code, item.detail))
        for item in decisions
    )


def _record(
    reminder: StoredReminder,
    context: _Context,
    message: RenderedMessage | None,
    attempts: tuple[AttemptRecord, ...],
    why: tuple[DecisionRecord, ...],
) -> ReminderRecord:
    step = context.step(reminder)
    return struct_from(
        ReminderRecord,
        reminder,
        title=step.title if step else reminder.step_key,
        hold=_hold(reminder, context),
        merged_into=reminder.merged_into if reminder.status is ReminderStatus.MERGED else None,
        subject=message.subject if message else None,
        body=message.text if message else None,
        attempts=attempts,
        why=why,
    )


LONGEST_REPORT: Final = timedelta(days=366)


def report_deliveries(uow: EnrollmentsUnitOfWork, ask: ReportDeliveries) -> tuple[ReportRow, ...]:
    """Count by the clinic's calendar; no rows for an unknown clinic or days in the wrong order."""
    clinic = uow.clinics.get([ask.scope.clinic_id]).get(ask.scope.clinic_id)
    days = ask.last - ask.first
    if clinic is None or not timedelta(0) <= days <= LONGEST_REPORT:
        return ()
    return tuple(uow.reminders.count_by_day(ask, ZoneInfo(clinic.time_zone)))
