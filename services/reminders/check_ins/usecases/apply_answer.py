"""What follows from an answer to a check-in: its level, a reply to the patient, work for staff."""

from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.words import CheckInLevel, TaskKind
from services.reading.reading import Reading, worse
from services.reminders.check_ins.domain.care_task import check_in_task
from services.reminders.check_ins.domain.check_in import CheckIn, RatedAnswer
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.answer_texts import render, reply_for, step_text
from services.reminders.check_ins.usecases.open_task import open_task
from services.reminders.check_ins.usecases.raise_escalation import RedFlag, raise_red_flag
from services.reminders.consent.usecases.opt_out import end_of_today
from services.reminders.core.message_text import CannotRender
from services.reminders.core.outbound import OutboundKind


class AnswerSource(StrEnum):
    SMS = "SMS"
    EMAIL = "EMAIL"
    PAGE = "PAGE"
    STAFF = "STAFF"


_CHANNELS: Final = {AnswerSource.SMS: Channel.SMS, AnswerSource.EMAIL: Channel.EMAIL}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer and its rating.

    `sends_reply`: the patient gets a reply on the channel of the question. A safety text is sent
    in any case, unless `sends_safety_text` is False because the same phone gets one already.
    """

    text: str
    reading: Reading
    source: AnswerSource
    inbound_id: int | None = None
    sends_reply: bool = False
    sends_safety_text: bool = True

    @property
    def level(self) -> CheckInLevel:
        return self.reading.level or CheckInLevel.UNCLEAR


class AnswerResult(msgspec.Struct, frozen=True):
    """The check-in's new level. `is_handled`: staff need not read the text besides."""

    level: CheckInLevel
    is_handled: bool


def apply_answer(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, answer: Answer
) -> AnswerResult:
    """Act on an answer, and store it unless a worse one is stored already."""
    rating = answer.level
    level = worse(check_in.level, rating)
    if level is rating:
        stored = RatedAnswer(level=level, text=answer.text, source=str(answer.source))
        uow.check_ins.answer(check_in.key, stored)
    uow.check_ins.stop_nudging(check_in)
    if rating is CheckInLevel.RED:
        is_alerted = raise_red_flag(uow, _red_flag(uow, check_in, step, answer))
        return AnswerResult(level, is_handled=is_alerted)
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
        reading=answer.reading,
        channel=_CHANNELS.get(answer.source, check_in.channel),
        check_in=check_in,
        inbound_id=answer.inbound_id,
        sends_safety_text=answer.sends_safety_text,
        is_known_to_staff=answer.source is AnswerSource.STAFF,
    )


def _open_call_task(uow: CheckInsUnitOfWork, check_in: CheckIn, inbound_id: int | None) -> None:
    title = "Answered a check-in with a complaint: call today"
    due_at = end_of_today(uow, check_in.key.clinic_id)
    task = check_in_task(check_in, TaskKind.OTHER, title, due_at)
    open_task(uow, msgspec.structs.replace(task, inbound_id=inbound_id))


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
