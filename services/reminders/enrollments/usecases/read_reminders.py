"""Reminders, as the service tells of them: with what they say and why they are what they are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep
from services.contracts.reminders import (
    AttemptRecord,
    DecisionRecord,
    GetReminders,
    HoldShown,
    ListReminders,
    ReminderPage,
    ReminderRecord,
    RenderReminder,
)
from services.contracts.words import ConsentState, MessageDetail, ReminderStatus
from services.reminders.core.consent import detail_allowed
from services.reminders.core.key import Key
from services.reminders.core.may_send import why_not_sent
from services.reminders.core.message_text import (
    CannotRender,
    RenderedMessage,
    StepText,
)
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import explain_code
from services.reminders.core.reminder import Decision, StoredReminder
from services.reminders.enrollments.domain.holding import holding
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.dry_run_render import facts_about
from services.reminders.rendering.renderer import render_together


class Surroundings(msgspec.Struct, frozen=True):
    """Everything that reminders are told with, found with one query for each table."""

    plans: Mapping[tuple[int, int], AftercarePlan]
    patients: Mapping[Key, Patient]
    carried: Mapping[tuple[int, int], Sequence[StoredReminder]]

    def step(self, one: StoredReminder) -> AftercareStep | None:
        plan = self.plans[one.clinic_id, one.plan_version_id]
        return next((step for step in plan.steps if step.key == one.step_key), None)

    def patient(self, one: StoredReminder) -> Patient:
        return self.patients[Key(one.clinic_id, one.mode, one.patient_id)]


def list_reminders(uow: EnrollmentsUnitOfWork, asks: Sequence[ListReminders]) -> list[ReminderPage]:
    pages = uow.reminders.pages(asks)
    shown = [page[: ask.limit] for ask, page in zip(asks, pages, strict=True)]
    detailed = [one for ask, page in zip(asks, shown, strict=True) for one in page if ask.details]
    plain = [one for ask, page in zip(asks, shown, strict=True) for one in page if not ask.details]
    full = _full(uow, detailed) | _brief(uow, plain)
    return [
        ReminderPage(
            items=tuple(full[one.clinic_id, one.id, ask.details] for one in some),
            has_more=len(page) > ask.limit,
        )
        for ask, page, some in zip(asks, pages, shown, strict=True)
    ]


def get_reminders(
    uow: EnrollmentsUnitOfWork, asks: Sequence[GetReminders]
) -> list[tuple[ReminderRecord | None, ...]]:
    """Answer each ask in the order of its ids, with None for what is not there for it."""
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = uow.reminders.get([key for some in keys for key in some])
    full = _full(uow, found.values())
    return [
        tuple(full[key.clinic_id, key.id, True] if key in found else None for key in some)
        for some in keys
    ]


def render_reminders(
    uow: EnrollmentsUnitOfWork, asks: Sequence[RenderReminder]
) -> list[str | None]:
    """Say what each reminder would read at the detail asked for, sent or not."""
    keys = [Key.within(ask.scope, ask.reminder_id) for ask in asks]
    found = uow.reminders.get(keys)
    around = _surroundings(uow, found.values())
    texts: list[str | None] = []
    for ask, key in zip(asks, keys, strict=True):
        message = key in found and _render(found[key], around, ask.detail)
        texts.append(message.text if message else None)
    return texts


Told = tuple[int, int, bool]  # (clinic id, reminder id, with details)


def _full(
    uow: EnrollmentsUnitOfWork, some: Collection[StoredReminder]
) -> dict[Told, ReminderRecord]:
    if not some:
        return {}
    places = {(one.clinic_id, one.id) for one in some}
    around = _surroundings(uow, some)
    attempts = uow.reminders.attempts({(one.clinic_id, one.id) for one in some if one.attempts})
    decisions = uow.reminders.decisions(places)
    told: dict[Told, ReminderRecord] = {}
    for one in some:
        place = (one.clinic_id, one.id)
        message = _said(one) or _render(one, around, _detail(one, around))
        told[*place, True] = _record(
            one,
            around,
            message,
            tuple(attempts.get(place, ())),
            _why(decisions.get(place, ())),
        )
    return told


def _brief(
    uow: EnrollmentsUnitOfWork, some: Collection[StoredReminder]
) -> dict[Told, ReminderRecord]:
    around = Surroundings(_plans(uow, some), {}, {})
    return {(one.clinic_id, one.id, False): _record(one, around, None, (), ()) for one in some}


def _surroundings(uow: EnrollmentsUnitOfWork, some: Iterable[StoredReminder]) -> Surroundings:
    reminders = list(some)
    patients = {Key(one.clinic_id, one.mode, one.patient_id) for one in reminders}
    unsaid = {(one.clinic_id, one.id) for one in reminders if one.text is None}
    carried = uow.reminders.merged(unsaid)
    with_carried = [*reminders, *(one for some in carried.values() for one in some)]
    return Surroundings(_plans(uow, with_carried), uow.patients.get(patients), carried)


def _plans(
    uow: EnrollmentsUnitOfWork, some: Iterable[StoredReminder]
) -> Mapping[tuple[int, int], AftercarePlan]:
    return uow.plans.get({(one.clinic_id, one.plan_version_id) for one in some})


def _said(one: StoredReminder) -> RenderedMessage | None:
    """What was sent, exactly, where an attempt has begun."""
    return None if one.text is None else RenderedMessage(text=one.text, subject=one.subject)


def _detail(one: StoredReminder, around: Surroundings) -> MessageDetail:
    patient = around.patient(one)
    consent, contact = patient.consent(one.channel, one.purpose), patient.contact(one.channel)
    if consent is None or contact is None or consent.state is not ConsentState.GRANTED:
        return MessageDetail.DISCREET
    return detail_allowed(patient.detail, consent.detail, is_shared=contact.is_shared)


def _render(
    one: StoredReminder, around: Surroundings, detail: MessageDetail
) -> RenderedMessage | None:
    """What a reminder would say with all that it carries; None where it cannot be said."""
    if around.patient(one).is_erased:
        return None
    own = _said_at(one.due_at, one, around)
    if own is None:
        return None
    carried = around.carried.get((one.clinic_id, one.id), ())
    others = (_said_at(one.due_at, other, around) for other in carried)
    try:
        said = [own, *(other for other in others if other)]
        return render_together(said, one.channel, detail)
    except CannotRender:
        return None


def _said_at(at: datetime, one: StoredReminder, around: Surroundings) -> StepText | None:
    step = around.step(one)
    if step is None:
        return None
    facts = facts_about(
        around.patient(one),
        procedure_at=one.procedure_at,
        ended_at=one.procedure_ended_at,
        said_at=at,
        voice=around.plans[one.clinic_id, one.plan_version_id].voice,
    )
    return StepText(step, facts)


def _hold(one: StoredReminder, around: Surroundings) -> HoldShown | None:
    patient = around.patients.get(Key(one.clinic_id, one.mode, one.patient_id))
    now = why_not_sent(patient.send_facts(one.channel, one.purpose)) if patient else None
    found = holding(one.status, one.status_reason, one.due_at, now)
    if found is None:
        return None
    return HoldShown(code=found.code, text=found.text, until=found.until)


def _why(decisions: Iterable[Decision]) -> tuple[DecisionRecord, ...]:
    return tuple(
        DecisionRecord(at=one.at, code=one.code, text=explain_code(one.code, one.detail))
        for one in decisions
    )


def _record(
    one: StoredReminder,
    around: Surroundings,
    message: RenderedMessage | None,
    attempts: tuple[AttemptRecord, ...],
    why: tuple[DecisionRecord, ...],
) -> ReminderRecord:
    step = around.step(one)
    return ReminderRecord(
        id=one.id,
        enrollment_id=one.enrollment_id,
        patient_id=one.patient_id,
        step_key=one.step_key,
        kind=one.kind,
        title=step.title if step else one.step_key,
        channel=one.channel,
        status=one.status,
        status_reason=one.status_reason,
        hold=_hold(one, around),
        merged_into=one.merged_into if one.status is ReminderStatus.MERGED else None,
        due_at=one.due_at,
        local_due_at=one.local_due_at,
        useful_until=one.useful_until,
        subject=message.subject if message else None,
        body=message.text if message else None,
        attempts=attempts,
        why=why,
    )
