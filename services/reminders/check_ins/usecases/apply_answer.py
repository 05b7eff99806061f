"""What follows from an answer to a check-in: its level, a reply to the patient, work for staff."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.check_in_questions import AnswerText
from services.contracts.events import EscalationChanged
from services.contracts.words import CheckInLevel, TaskKind
from services.reminders.check_ins.domain.care_task import check_in_task
from services.reminders.check_ins.domain.check_in import CheckIn, RatedAnswer
from services.reminders.check_ins.domain.escalation import NewEscalation
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.domain.triage import Triage, worse
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.answer_texts import (
    default_safety_text,
    render,
    reply_for,
    step_text,
)
from services.reminders.check_ins.usecases.open_task import open_task
from services.reminders.core.key import Key
from services.reminders.core.message_text import CannotRender
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.patient import Patient
from services.reminders.core.windows import instant, zone_named
from services.reminders.enrollments.domain.enrollment import Enrollment

_SOON: Final = timedelta(hours=2)


class AnswerSource(StrEnum):
    SMS = "SMS"
    PAGE = "PAGE"
    STAFF = "STAFF"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer and its rating.

    `sends_reply`: the patient gets a reply on the channel of the question. A safety text is sent
    in any case, unless `sends_safety_text` is False because the same phone gets one already.
    """

    text: str
    triage: Triage
    source: AnswerSource
    inbound_id: int | None = None
    sends_reply: bool = False
    sends_safety_text: bool = True


class AnswerResult(msgspec.Struct, frozen=True):
    """The check-in's new level. `is_handled`: staff need not read the text besides."""

    level: CheckInLevel
    is_handled: bool


class RedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A red flag of a patient, and the channel to send the safety text on."""

    patient: Patient
    enrollment: Enrollment
    step: AftercareStep
    triage: Triage
    channel: Channel
    check_in: CheckIn | None = None
    inbound_id: int | None = None
    sends_safety_text: bool = True


def apply_answer(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, answer: Answer
) -> AnswerResult:
    """Act on an answer, and store it unless a worse one is stored already."""
    rating = answer.triage.level
    level = worse(check_in.level, rating)
    if level is rating:
        stored = RatedAnswer(level=level, text=answer.text, source=str(answer.source))
        uow.check_ins.answer(check_in.key, stored)
    uow.check_ins.stop_nudging(check_in)
    if rating is CheckInLevel.RED:
        red_flag = _red_flag(uow, check_in, step, answer)
        return AnswerResult(level, raise_escalation(uow, red_flag))
    if rating is CheckInLevel.AMBER:
        _open_call_task(uow, check_in, answer.inbound_id)
    if answer.sends_reply and level is not CheckInLevel.RED:  # “call now” is not taken back
        _send_reply(uow, check_in, step, rating)
    return AnswerResult(level, rating is not CheckInLevel.UNCLEAR)


def _red_flag(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, answer: Answer
) -> RedFlag:
    return RedFlag(
        patient=uow.patients.get([check_in.patient_key])[check_in.patient_key],
        enrollment=uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key],
        step=step,
        triage=answer.triage,
        channel=Channel.SMS if answer.source is AnswerSource.SMS else check_in.channel,
        check_in=check_in,
        inbound_id=answer.inbound_id,
        sends_safety_text=answer.sends_safety_text,
    )


def raise_escalation(uow: CheckInsUnitOfWork, red_flag: RedFlag) -> bool:
    """Alert staff and send the patient the safety text.

    Returns False if the enrollment has an open escalation already.
    """
    patient, enrollment = red_flag.patient, red_flag.enrollment
    contact = patient.contact(red_flag.channel)
    must_phone = contact is None or bool(contact.suppressions)
    escalation_id = uow.escalations.open(
        NewEscalation(
            mode=enrollment.mode,
            clinic_id=enrollment.clinic_id,
            patient_id=patient.id,
            enrollment_id=enrollment.id,
            check_in_id=red_flag.check_in.key.id if red_flag.check_in else None,
            inbound_id=red_flag.inbound_id,
            reason=_reason(red_flag),
            must_phone=must_phone,
        )
    )
    if escalation_id is None:
        return False
    uow.announce(EscalationChanged(clinic_id=enrollment.clinic_id, escalation_id=escalation_id))
    if contact is not None and not must_phone and red_flag.sends_safety_text:
        _send_safety_text(uow, red_flag, contact.id)
    return True


def _send_safety_text(uow: CheckInsUnitOfWork, red_flag: RedFlag, contact_point_id: int) -> None:
    safety = _safety_text(uow, red_flag)
    uow.outbox.put(
        OutboxMessage(
            kind=OutboundKind.SAFETY,
            mode=red_flag.enrollment.mode,
            clinic_id=red_flag.enrollment.clinic_id,
            patient_id=red_flag.patient.id,
            contact_point_id=contact_point_id,
            enrollment_id=red_flag.enrollment.id,
            channel=red_flag.channel,
            text=safety.text,
            subject=safety.subject if red_flag.channel is Channel.EMAIL else None,
        )
    )


def _safety_text(uow: CheckInsUnitOfWork, red_flag: RedFlag) -> AnswerText:
    """The plan's safety text, or the default one if the plan's cannot be rendered."""
    texts = step_text(uow, red_flag.patient, red_flag.enrollment, red_flag.step)
    question = red_flag.step.check_in
    if question is None:
        return default_safety_text(texts)
    try:
        return render(question.replies.red, red_flag.channel, texts)
    except CannotRender:
        return default_safety_text(texts)


def _reason(red_flag: RedFlag) -> str:
    triage, question = red_flag.triage, red_flag.step.check_in
    if triage.choice is not None and question:
        label = next(option.label for option in question.options if option.value == triage.choice)
        return f"{red_flag.step.title}: answered “{label}”."
    return f"{red_flag.step.title}: wrote of a red flag, {triage.rule}."


def _open_call_task(uow: CheckInsUnitOfWork, check_in: CheckIn, inbound_id: int | None) -> None:
    title = "Answered a check-in with a complaint: call today"
    task = check_in_task(check_in, TaskKind.OTHER, title)
    due_at = _end_of_today(uow, check_in.patient_key)
    open_task(uow, msgspec.structs.replace(task, inbound_id=inbound_id, due_at=due_at))


def _end_of_today(uow: CheckInsUnitOfWork, patient_key: Key) -> datetime:
    """Midnight at the clinic, or two hours from now if that is later."""
    clinic = uow.patients.get([patient_key])[patient_key].clinic
    zone = zone_named(clinic.time_zone)
    tomorrow = uow.now().astimezone(zone).date() + timedelta(days=1)
    return max(instant(tomorrow, time(0), zone), uow.now() + _SOON)


def _send_reply(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, level: CheckInLevel
) -> None:
    """Reply with the plan's text for the level.

    Only the first UNCLEAR answer gets a reply; staff read further ones. A reply that cannot be
    rendered is left out, because it only confirms.
    """
    question = step.check_in
    is_repeated = level is check_in.level is CheckInLevel.UNCLEAR
    if question is None or is_repeated:
        return
    key = check_in.patient_key
    patient = uow.patients.get([key])[key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    try:
        texts = step_text(uow, patient, enrollment, step)
        reply = render(reply_for(question, level), check_in.channel, texts)
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
            text=reply.text,
            subject=reply.subject if check_in.channel is Channel.EMAIL else None,
        )
    )
