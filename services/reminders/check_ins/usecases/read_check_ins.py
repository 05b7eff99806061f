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
from services.reminders.check_ins.usecases.apply_answer import (
    about,
    filled,
    reply_of,
    standing_safety,
)
from services.reminders.check_ins.usecases.check_in_ports import CareDesk
from services.reminders.core.key import Key
from services.reminders.core.message_text import CannotRender

_SEVERITIES = {
    CheckInLevel.GREEN: Severity.INFO,
    CheckInLevel.AMBER: Severity.CAUTION,
    CheckInLevel.UNCLEAR: Severity.CAUTION,
    CheckInLevel.RED: Severity.URGENT,
}


def get_check_ins(
    desk: CareDesk, asks: Sequence[GetCheckIns]
) -> list[tuple[CheckInRecord | None, ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = desk.check_ins.get([key for some in keys for key in some])
    told = _records(desk, found.values())
    return [tuple(told.get(key) for key in some) for some in keys]


def list_check_ins(
    desk: CareDesk, asks: Sequence[ListCheckIns]
) -> list[tuple[tuple[CheckInRecord, ...], ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.enrollment_ids] for ask in asks]
    found = desk.check_ins.of_enrollments([key for some in keys for key in some])
    told = _records(desk, (one for some in found.values() for one in some))
    return [
        tuple(tuple(told[one.key] for one in found.get(key, ())) for key in some) for some in keys
    ]


def show_check_ins(desk: CareDesk, asks: Sequence[ShowCheckIn]) -> list[CheckInShown | None]:
    return [_shown(desk, ask) for ask in asks]


def record_of(desk: CareDesk, key: Key) -> CheckInRecord:
    return _records(desk, desk.check_ins.get([key]).values())[key]


def guidance_of(
    desk: CareDesk, check_in: CheckIn, level: CheckInLevel | None = None
) -> tuple[ContentBlock, ...]:
    """What the plan says to an answer of this level; after RED and AMBER, what needs help too."""
    rated = level or check_in.level
    step = desk.step(check_in)
    if step is None or step.check_in is None or rated not in _SEVERITIES:
        return ()
    text = _words(desk, check_in, step, rated)
    said = [Notice(text=text, severity=_SEVERITIES[rated], markdown=text)] if text else []
    if rated is CheckInLevel.GREEN or not step.seek_help_if:
        return tuple(said)
    items = tuple(f"{flag.label}: {flag.action}" for flag in step.seek_help_if)
    return (*said, Checklist(text="\n".join(items), items=items))


def _words(
    desk: CareDesk, check_in: CheckIn, step: AftercareStep, level: CheckInLevel
) -> str | None:
    """As a text message would say it; a safety text never fails."""
    patient = desk.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = desk.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    said = about(desk, patient, enrollment, step)
    if step.check_in is None:
        return None
    try:
        return filled(desk, reply_of(step.check_in, level), check_in.channel, said).text
    except CannotRender:
        return standing_safety(said).text if level is CheckInLevel.RED else None


def _shown(desk: CareDesk, ask: ShowCheckIn) -> CheckInShown | None:
    key = desk.check_ins.of_reminder(ask.clinic_id, ask.reminder_id)
    check_in = None if key is None else desk.check_ins.get([key]).get(key)
    step = None if check_in is None else desk.step(check_in)
    if check_in is None or step is None:
        return None
    patient = desk.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = desk.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    facts = about(desk, patient, enrollment, step).facts
    return CheckInShown(
        check_in=_record(check_in, step),
        is_closed=is_closed(desk, check_in),
        locale=patient.locale,
        clinic_name=facts.sender_name,
        clinic_phone=facts.phone,
        emergency_number=facts.emergency_number,
        seek_help_if=step.seek_help_if,
        guidance=guidance_of(desk, check_in),
    )


def is_closed(desk: CareDesk, check_in: CheckIn) -> bool:
    return check_in.closes_at <= desk.now() or check_in.level is CheckInLevel.UNREACHED


def _records(desk: CareDesk, check_ins: Iterable[CheckIn]) -> dict[Key, CheckInRecord]:
    known = list(check_ins)
    places = [(one.key.clinic_id, one.plan_version_id) for one in known]
    steps = {
        (place, step.key): step
        for place, plan in desk.plans.get(places).items()
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
