"""Reads check-ins for staff and for the page where a patient answers."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from services.contracts.catalog import AftercareStep, Checklist, ContentBlock, Notice, Severity
from services.contracts.check_ins import (
    CheckInOptionRecord,
    CheckInRecord,
    CheckInShown,
    ListCheckIns,
    ShowCheckIn,
)
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.incoming_text import CRISIS
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.answer_texts import (
    crisis_text_for,
    default_safety_text,
    render,
    reply_for,
    step_text,
)
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.core.key import Key
from services.reminders.core.message_text import CannotRender

_SEVERITIES = {
    CheckInLevel.GREEN: Severity.INFO,
    CheckInLevel.AMBER: Severity.CAUTION,
    CheckInLevel.UNCLEAR: Severity.CAUTION,
    CheckInLevel.RED: Severity.URGENT,
}


def get_check_ins(uow: CheckInsUnitOfWork, keys: Collection[Key]) -> dict[Key, CheckInRecord]:
    return _records(uow, uow.check_ins.get(keys).values())


def list_check_ins(
    uow: CheckInsUnitOfWork, asks: Sequence[ListCheckIns]
) -> list[tuple[tuple[CheckInRecord, ...], ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.enrollment_ids] for ask in asks]
    by_enrollment = uow.check_ins.of_enrollments([key for asked in keys for key in asked])
    records = _records(uow, chain.from_iterable(by_enrollment.values()))
    return [
        tuple(
            tuple(records[check_in.key] for check_in in by_enrollment.get(key, ())) for key in asked
        )
        for asked in keys
    ]


def record_of(uow: CheckInsUnitOfWork, key: Key) -> CheckInRecord:
    return get_check_ins(uow, [key])[key]


def guidance_of(
    uow: CheckInsUnitOfWork,
    check_in: CheckIn,
    level: CheckInLevel | None = None,
    rule: str | None = None,
) -> tuple[ContentBlock, ...]:
    """The plan's reply to a level. All levels but GREEN add the signs that need help.

    `rule` is the code of the sign in the answer: thoughts of death have a reply of their own.
    """
    rated = level or check_in.level
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None or rated not in _SEVERITIES:
        return ()
    text = _reply_text(uow, check_in, step, rated, rule)
    notices = [Notice(text=text, severity=_SEVERITIES[rated], markdown=text)] if text else []
    if rated is CheckInLevel.GREEN or not step.seek_help_if:
        return tuple(notices)
    items = tuple(f"{flag.label}: {flag.action}" for flag in step.seek_help_if)
    return (*notices, Checklist(text="\n".join(items), items=items))


def _reply_text(
    uow: CheckInsUnitOfWork,
    check_in: CheckIn,
    step: AftercareStep,
    level: CheckInLevel,
    rule: str | None,
) -> str | None:
    """The reply as a message would contain it. Only RED has a default if it cannot be rendered."""
    patient = uow.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    texts = step_text(uow, patient, enrollment, step)
    if rule == CRISIS:
        return crisis_text_for(patient, check_in.channel, texts).text
    if step.check_in is None:
        return None
    try:
        return render(reply_for(step.check_in, level), check_in.channel, texts).text
    except CannotRender:
        return (
            default_safety_text(check_in.channel, texts).text if level is CheckInLevel.RED else None
        )


def show_check_in(uow: CheckInsUnitOfWork, ask: ShowCheckIn) -> CheckInShown | None:
    key = uow.check_ins.of_reminder(ask.clinic_id, ask.reminder_id)
    check_in = None if key is None else uow.check_ins.get([key]).get(key)
    step = None if check_in is None else asked_step(uow, check_in)
    if check_in is None or step is None:
        return None
    patient = uow.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    facts = step_text(uow, patient, enrollment, step).facts
    return CheckInShown(
        check_in=_record(check_in, step),
        is_closed=is_closed(uow, check_in),
        locale=patient.locale,
        clinic_name=facts.sender_name,
        clinic_phone=facts.phone,
        emergency_number=facts.emergency_number,
        seek_help_if=step.seek_help_if,
        guidance=guidance_of(uow, check_in),
    )


def is_closed(uow: CheckInsUnitOfWork, check_in: CheckIn) -> bool:
    return check_in.closes_at <= uow.now() or check_in.level is CheckInLevel.UNREACHED


def _records(uow: CheckInsUnitOfWork, check_ins: Iterable[CheckIn]) -> dict[Key, CheckInRecord]:
    check_ins = list(check_ins)
    plans = uow.plans.get([_plan_key(check_in) for check_in in check_ins])
    steps = {(plan_key, step.key): step for plan_key, plan in plans.items() for step in plan.steps}
    return {
        check_in.key: _record(check_in, steps.get((_plan_key(check_in), check_in.step_key)))
        for check_in in check_ins
    }


def _plan_key(check_in: CheckIn) -> tuple[int, int]:
    return check_in.key.clinic_id, check_in.plan_version_id


def _record(check_in: CheckIn, step: AftercareStep | None) -> CheckInRecord:
    """`step` is None if the plan no longer asks the question. Its answer is still shown."""
    question = step.check_in if step else None
    options = question.options if question else ()
    return CheckInRecord(
        id=check_in.key.id,
        reminder_id=check_in.outbound_id,
        enrollment_id=check_in.enrollment_id,
        patient_id=check_in.patient_id,
        step_key=check_in.step_key,
        question=question.question if question else "",
        options=tuple(
            CheckInOptionRecord(value=option.value, label=option.label) for option in options
        ),
        opened_at=check_in.opened_at,
        closes_at=check_in.closes_at,
        answer=check_in.answer,
        answered_via=check_in.answered_via,
        answered_at=check_in.answered_at,
        level=check_in.level,
        escalation_id=check_in.escalation_id,
    )
