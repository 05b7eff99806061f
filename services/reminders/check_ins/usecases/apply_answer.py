"""What follows from an answer to a check-in: the level, a word to the patient, work for staff."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.check_in_questions import AnswerText, CheckInQuestion
from services.contracts.events import EscalationChanged, TaskChanged
from services.contracts.words import CheckInLevel, TaskKind
from services.reminders.check_ins.domain.alert_texts import safety_text
from services.reminders.check_ins.domain.care_task import CareTask
from services.reminders.check_ins.domain.check_in import Answered, CheckIn
from services.reminders.check_ins.domain.escalation import NewEscalation
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.domain.triage import Triage, worse
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.pinned_plan import plan_voice
from services.reminders.core.key import Key
from services.reminders.core.message_text import CannotRender, StepText
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.patient import Patient
from services.reminders.core.windows import instant, zone_named
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.usecases.dry_run_render import facts_about
from services.reminders.rendering.renderer import fill

_SOON: Final = timedelta(hours=2)


class Via(StrEnum):
    """How an answer came."""

    SMS = "SMS"
    PAGE = "PAGE"
    STAFF = "STAFF"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. `is_replied`: the patient is written back to, on the channel they were asked.

    A safety text goes out in any case.
    """

    text: str
    triage: Triage
    via: Via
    inbound_id: int | None = None
    is_replied: bool = False
    is_told: bool = True  # False where the same phone gets a safety text already


class AnswerResult(msgspec.Struct, frozen=True):
    """`is_settled`: what was said is dealt with, or somebody has been asked to."""

    level: CheckInLevel
    is_settled: bool


class RedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A red flag: whose, on what occasion, and where they can be written to."""

    patient: Patient
    enrollment: Enrollment
    step: AftercareStep
    triage: Triage
    channel: Channel
    check_in: CheckIn | None = None
    inbound_id: int | None = None
    is_told: bool = True  # False where the same phone was told already


def apply_answer(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, given: Answer
) -> AnswerResult:
    """Act on it, and keep it unless a worse one is known; says the level the check-in has now."""
    level = worse(check_in.level, given.triage.level)
    if level is given.triage.level:
        kept = Answered(level=level, text=given.text, via=str(given.via))
        uow.check_ins.answer(check_in.key, kept)
    uow.check_ins.stop_nudging(check_in)
    if given.triage.level is CheckInLevel.RED:
        return AnswerResult(level, raise_escalation(uow, red_flag_of(uow, check_in, step, given)))
    if given.triage.level is CheckInLevel.AMBER:
        _ask_for_today(uow, check_in, given.inbound_id)
    if given.is_replied and level is not CheckInLevel.RED:  # “call now” is not taken back
        _reply(uow, check_in, step, given.triage.level)
    return AnswerResult(level, given.triage.level is not CheckInLevel.UNCLEAR)


def red_flag_of(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, given: Answer
) -> RedFlag:
    return RedFlag(
        patient=uow.patients.get([check_in.patient_key])[check_in.patient_key],
        enrollment=uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key],
        step=step,
        triage=given.triage,
        channel=Channel.SMS if given.via is Via.SMS else check_in.channel,
        check_in=check_in,
        inbound_id=given.inbound_id,
        is_told=given.is_told,
    )


def raise_escalation(uow: CheckInsUnitOfWork, danger: RedFlag) -> bool:
    """Tell the patient what to do and alert staff; False when an escalation is open already."""
    patient, enrollment = danger.patient, danger.enrollment
    contact = patient.contact(danger.channel)
    must_phone = contact is None or bool(contact.suppressions)
    opened = uow.escalations.open(
        NewEscalation(
            mode=enrollment.mode,
            clinic_id=enrollment.clinic_id,
            patient_id=patient.id,
            enrollment_id=enrollment.id,
            check_in_id=danger.check_in.key.id if danger.check_in else None,
            inbound_id=danger.inbound_id,
            reason=_reason(danger),
            must_phone=must_phone,
        )
    )
    if opened is None:
        return False
    uow.announce(EscalationChanged(clinic_id=enrollment.clinic_id, escalation_id=opened))
    if contact is not None and not must_phone and danger.is_told:
        _put(uow, danger, contact.id, _safety(uow, danger))
    return True


def _safety(uow: CheckInsUnitOfWork, danger: RedFlag) -> AnswerText:
    """The plan's safety text, or ours where it cannot be made: it must go out."""
    said = about(uow, danger.patient, danger.enrollment, danger.step)
    if danger.step.check_in is not None:
        try:
            return filled(danger.step.check_in.replies.red, danger.channel, said)
        except CannotRender:
            pass
    return standing_safety(said)


def standing_safety(said: StepText) -> AnswerText:
    """Our own safety text, which needs nothing of the plan's."""
    facts = said.facts
    text = safety_text(
        clinic=facts.sender_name,
        locale=facts.locale,
        phone=facts.phone,
        emergency=facts.emergency_number,
    )
    return AnswerText(text=text, subject=facts.sender_name)


def _put(uow: CheckInsUnitOfWork, danger: RedFlag, contact_point_id: int, text: AnswerText) -> None:
    uow.outbox.put(
        OutboxMessage(
            kind=OutboundKind.SAFETY,
            mode=danger.enrollment.mode,
            clinic_id=danger.enrollment.clinic_id,
            patient_id=danger.patient.id,
            contact_point_id=contact_point_id,
            enrollment_id=danger.enrollment.id,
            channel=danger.channel,
            text=text.text,
            subject=text.subject if danger.channel is Channel.EMAIL else None,
        )
    )


def _reason(danger: RedFlag) -> str:
    triage = danger.triage
    if triage.choice is not None and danger.step.check_in:
        label = next(
            one.label for one in danger.step.check_in.options if one.value == triage.choice
        )
        return f"{danger.step.title}: answered “{label}”."
    return f"{danger.step.title}: wrote of a red flag, {triage.rule}."


def _ask_for_today(uow: CheckInsUnitOfWork, check_in: CheckIn, inbound_id: int | None) -> None:
    open_task(
        uow,
        CareTask(
            clinic_id=check_in.key.clinic_id,
            kind=TaskKind.OTHER,
            title="Answered a check-in with a complaint: call today",
            patient_id=check_in.patient_id,
            enrollment_id=check_in.enrollment_id,
            outbound_id=check_in.outbound_id,
            inbound_id=inbound_id,
            step_key=check_in.step_key,
            due_at=_end_of_today(uow, check_in.patient_key),
        ),
    )


def open_task(uow: CheckInsUnitOfWork, task: CareTask) -> None:
    opened = uow.care_tasks.open(task)
    if opened is not None:
        uow.announce(TaskChanged(clinic_id=task.clinic_id, task_id=opened))


def _end_of_today(uow: CheckInsUnitOfWork, patient_key: Key) -> datetime:
    """Midnight at the clinic, or two hours from now where that is later."""
    clinic = uow.patients.get([patient_key])[patient_key].clinic
    zone = zone_named(clinic.time_zone)
    tomorrow = uow.now().astimezone(zone).date() + timedelta(days=1)
    return max(instant(tomorrow, time(0), zone), uow.now() + _SOON)


def _reply(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, level: CheckInLevel
) -> None:
    """Answer in the plan's words. What was not understood is said so once, and to a person after.

    A reply that cannot be put into words is left out: it only confirms.
    """
    question = step.check_in
    is_repeated = level is check_in.level is CheckInLevel.UNCLEAR
    if question is None or is_repeated:
        return
    key = check_in.patient_key
    patient = uow.patients.get([key])[key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    try:
        said = about(uow, patient, enrollment, step)
        text = filled(reply_of(question, level), check_in.channel, said)
    except CannotRender:
        return
    uow.outbox.put(
        OutboxMessage(
            kind=OutboundKind.REPLY,
            mode=check_in.key.mode,
            clinic_id=check_in.key.clinic_id,
            patient_id=patient.id,
            contact_point_id=check_in.contact_point_id,
            enrollment_id=enrollment.id,
            channel=check_in.channel,
            text=text.text,
            subject=text.subject if check_in.channel is Channel.EMAIL else None,
        )
    )


def reply_of(question: CheckInQuestion, level: CheckInLevel) -> AnswerText:
    """What the plan says to an answer of a level."""
    replies = question.replies
    return {
        CheckInLevel.GREEN: replies.green,
        CheckInLevel.AMBER: replies.amber,
        CheckInLevel.RED: replies.red,
    }.get(level, replies.unclear)


def filled(text: AnswerText, channel: Channel, said: StepText) -> AnswerText:
    """Raises CannotRender."""
    return AnswerText(
        text=fill(text.text, channel, said),
        subject=fill(text.subject, channel, said),
    )


def about(
    uow: CheckInsUnitOfWork,
    patient: Patient,
    enrollment: Enrollment,
    step: AftercareStep,
    check_in_url: str | None = None,
) -> StepText:
    """What the texts of a step may name, said now."""
    facts = facts_about(
        patient,
        procedure_at=enrollment.procedure_at,
        ended_at=enrollment.procedure_ended_at,
        said_at=uow.now(),
        voice=plan_voice(uow, enrollment),
    )
    if check_in_url is not None:
        facts = msgspec.structs.replace(facts, check_in_url=check_in_url)
    return StepText(step, facts)
