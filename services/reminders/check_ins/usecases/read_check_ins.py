"""Check-ins as they are told: to staff, and on the page where a patient answers."""

from collections.abc import Iterable, Sequence

from services.contracts.catalog import AftercareStep, Checklist, ContentBlock, Notice, Severity
from services.contracts.check_ins import (
    CheckInOptionRecord,
    CheckInRecord,
    CheckInShown,
    GetCheckIns,
    ListCheckIns,
    ShowCheckIn,
)
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.apply_answer import (
    about,
    filled,
    reply_of,
    standing_safety,
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


def get_check_ins(
    uow: CheckInsUnitOfWork, asks: Sequence[GetCheckIns]
) -> list[tuple[CheckInRecord | None, ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = uow.check_ins.get([key for some in keys for key in some])
    told = _records(uow, found.values())
    return [tuple(told.get(key) for key in some) for some in keys]


def list_check_ins(
    uow: CheckInsUnitOfWork, asks: Sequence[ListCheckIns]
) -> list[tuple[tuple[CheckInRecord, ...], ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.enrollment_ids] for ask in asks]
    found = uow.check_ins.of_enrollments([key for some in keys for key in some])
    told = _records(uow, (one for some in found.values() for one in some))
    return [
        tuple(tuple(told[one.key] for one in found.get(key, ())) for key in some) for some in keys
    ]


def show_check_ins(
    uow: CheckInsUnitOfWork, asks: Sequence[ShowCheckIn]
) -> list[CheckInShown | None]:
    return [_shown(uow, ask) for ask in asks]


def record_of(uow: CheckInsUnitOfWork, key: Key) -> CheckInRecord:
    return _records(uow, uow.check_ins.get([key]).values())[key]


def guidance_of(
    uow: CheckInsUnitOfWork, check_in: CheckIn, level: CheckInLevel | None = None
) -> tuple[ContentBlock, ...]:
    """What the plan says to an answer of this level; after RED and AMBER, what needs help too."""
    rated = level or check_in.level
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None or rated not in _SEVERITIES:
        return ()
    text = _words(uow, check_in, step, rated)
    said = [Notice(text=text, severity=_SEVERITIES[rated], markdown=text)] if text else []
    if rated is CheckInLevel.GREEN or not step.seek_help_if:
        return tuple(said)
    items = tuple(f"{flag.label}: {flag.action}" for flag in step.seek_help_if)
    return (*said, Checklist(text="\n".join(items), items=items))


def _words(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, level: CheckInLevel
) -> str | None:
    """As a text message would say it; a safety text never fails."""
    patient = uow.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    said = about(uow, patient, enrollment, step)
    if step.check_in is None:
        return None
    try:
        return filled(reply_of(step.check_in, level), check_in.channel, said).text
    except CannotRender:
        return standing_safety(said).text if level is CheckInLevel.RED else None


def _shown(uow: CheckInsUnitOfWork, ask: ShowCheckIn) -> CheckInShown | None:
    key = uow.check_ins.of_reminder(ask.clinic_id, ask.reminder_id)
    check_in = None if key is None else uow.check_ins.get([key]).get(key)
    step = None if check_in is None else asked_step(uow, check_in)
    if check_in is None or step is None:
        return None
    patient = uow.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    facts = about(uow, patient, enrollment, step).facts
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
    known = list(check_ins)
    places = [(one.key.clinic_id, one.plan_version_id) for one in known]
    steps = {
        (place, step.key): step
        for place, plan in uow.plans.get(places).items()
        for step in plan.steps
    }
    return {
        one.key: _record(one, steps.get((place, one.step_key)))
        for one, place in zip(known, places, strict=True)
    }


def _record(one: CheckIn, step: AftercareStep | None) -> CheckInRecord:
    """A question that is no longer in a plan still has its answer."""
    asked = step.check_in if step else None
    options = asked.options if asked else ()
    return CheckInRecord(
        id=one.key.id,
        reminder_id=one.outbound_id,
        enrollment_id=one.enrollment_id,
        patient_id=one.patient_id,
        step_key=one.step_key,
        question=asked.question if asked else "",
        options=tuple(
            CheckInOptionRecord(value=choice.value, label=choice.label) for choice in options
        ),
        opened_at=one.opened_at,
        closes_at=one.closes_at,
        answer=one.answer,
        answered_via=one.answered_via,
        answered_at=one.answered_at,
        level=one.level,
        escalation_id=one.escalation_id,
    )
