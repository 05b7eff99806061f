"""Records answers that staff or an app give, and answers on the page of a signed link."""

from typing import Final

import msgspec

from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.check_ins import AnswerByLink, AnswerCheckIn, CheckInReply
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.events import ReminderChanged
from services.contracts.words import CheckInLevel, ConsentMethod, TaskKind
from services.reading.reading import Reading, ReplyReader
from services.reminders.check_ins.domain.care_task import check_in_task
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.incoming_text import (
    IncomingText,
    for_a_person,
    is_opt_out,
    is_relief,
)
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.apply_answer import Answer, AnswerSource, apply_answer
from services.reminders.check_ins.usecases.deadlines import reading_deadline
from services.reminders.check_ins.usecases.open_task import open_task
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.check_ins.usecases.read_check_ins import guidance_of, is_closed, record_of
from services.reminders.consent.domain.opt_out import AddressOwner, OptOut, Withdrawal
from services.reminders.consent.usecases.opt_out import opt_out
from services.reminders.core.key import Key
from services.reminders.patients.usecases.patient_input import key_faults

MUTATION: Final = "answerCheckIn"
_LONGEST_ANSWER: Final = 1000


def answer_check_in(
    uow: CheckInsUnitOfWork, command: AnswerCheckIn, reader: ReplyReader
) -> CheckInReply:
    """Record what a patient told staff. A late answer is recorded too."""
    faults = [*_input_faults(command.answer), *_key_faults(command.idempotency_key)]
    if faults:
        return CheckInReply.refused(*faults)
    key = Key.within(command.scope, command.check_in_id)
    previous = _previous_reply(uow, command, key, reader)
    if previous is not None:
        return previous
    check_in = uow.check_ins.lock(key)
    if check_in is None:
        message = "There is no such check-in."
        return CheckInReply.refused(refuse(UserErrorCode.NOT_FOUND, message, "check_in_id"))
    reply = _apply(uow, check_in, command.answer, AnswerSource.STAFF, reader)
    if command.idempotency_key is not None and not reply.refusals:
        uow.idempotency.put(MUTATION, command, check_in.key.id)
    return reply


def answer_by_link(
    uow: CheckInsUnitOfWork, command: AnswerByLink, reader: ReplyReader
) -> CheckInReply:
    """Record an answer. Repeating it changes nothing; a closed check-in accepts only RED."""
    if faults := _input_faults(command.answer):
        return CheckInReply.refused(*faults)
    key = uow.check_ins.of_reminder(command.clinic_id, command.reminder_id)
    check_in = None if key is None else uow.check_ins.lock(key)
    if check_in is None:
        message = "There is no such check-in."
        return CheckInReply.refused(refuse(UserErrorCode.NOT_FOUND, message, "reminder_id"))
    if is_closed(uow, check_in) and not _is_red(uow, check_in, command.answer, reader):
        message = "This check-in is closed. Please call the clinic."
        refusal = refuse(UserErrorCode.TOO_LATE, message, "answer")
        return CheckInReply(check_in=record_of(uow, check_in.key), refusals=(refusal,))
    return _apply(uow, check_in, command.answer, AnswerSource.PAGE, reader)


def _apply(
    uow: CheckInsUnitOfWork,
    check_in: CheckIn,
    text: str,
    source: AnswerSource,
    reader: ReplyReader,
) -> CheckInReply:
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        message = "The plan no longer asks this."
        return CheckInReply.refused(refuse(UserErrorCode.NOT_FOUND, message, "check_in_id"))
    reading = _reading(reader, text, step.check_in, check_in, source)
    if source is AnswerSource.PAGE and is_opt_out(reading):
        _opt_out(uow, check_in, text)
    is_new = text != check_in.answer or check_in.is_waiting
    if is_new or reading.level is CheckInLevel.RED:  # its escalation may have been closed since
        answer = Answer(text=text, reading=reading, source=source)
        apply_answer(uow, check_in, step, answer)
        if source is AnswerSource.PAGE and answer.level is CheckInLevel.UNCLEAR:
            _open_reading_task(uow, check_in, reading)
    return CheckInReply(
        check_in=record_of(uow, check_in.key),
        guidance=guidance_of(uow, check_in, _guidance_level(check_in, reading), reading.rule),
    )


def _opt_out(uow: CheckInsUnitOfWork, check_in: CheckIn, text: str) -> None:
    """End the messages to the address that the question was sent to."""
    contacted = uow.address_owners.contacted(check_in.key.clinic_id, check_in.contact_point_id)
    if contacted is None:
        return
    request = OptOut(
        channel=contacted.channel,
        address=contacted.address,
        clinic_ids=contacted.clinic_ids,
        owners=contacted.owners,
        withdrawal=Withdrawal(method=ConsentMethod.OTHER, source="check-in page", evidence=text),
    )
    for clinic_id, outbound_id in opt_out(uow, request):
        uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))


def _reading(
    reader: ReplyReader,
    text: str,
    question: CheckInQuestion,
    check_in: CheckIn,
    source: AnswerSource,
) -> Reading:
    """Only a patient's own good news is GREEN, and only while the question waits for an answer.

    Whatever is typed into the form is meant as an answer, so a person reads an “ok”.
    """
    reading = IncomingText(reader=reader, text=text).read(question)
    waits = check_in.level is CheckInLevel.WAITING and source is AnswerSource.PAGE
    if reading.level is None or (is_relief(reading) and not waits):
        return for_a_person(reading)
    return reading


def _open_reading_task(uow: CheckInsUnitOfWork, check_in: CheckIn, reading: Reading) -> None:
    owner = AddressOwner(
        clinic_id=check_in.key.clinic_id,
        patient_id=check_in.patient_id,
        contact_point_id=check_in.contact_point_id,
        mode=check_in.key.mode,
    )
    deadline = reading_deadline(uow, owner.clinic_id, (owner,), may_be_urgent=reading.may_be_urgent)
    title = "Answered a check-in in words that no rule understands; read and answer"
    task = check_in_task(check_in, TaskKind.UNREAD_REPLY, title, deadline.due_at)
    open_task(uow, msgspec.structs.replace(task, escalates=deadline.escalates))


def _is_red(uow: CheckInsUnitOfWork, check_in: CheckIn, answer: str, reader: ReplyReader) -> bool:
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        return False
    reading = _reading(reader, answer, step.check_in, check_in, AnswerSource.PAGE)
    return reading.level is CheckInLevel.RED


def _previous_reply(
    uow: CheckInsUnitOfWork, command: AnswerCheckIn, key: Key, reader: ReplyReader
) -> CheckInReply | None:
    """The reply to an earlier command with the same idempotency key."""
    if command.idempotency_key is None:
        return None
    previous = uow.idempotency.get(MUTATION, command)
    if previous is None:
        return None
    if not previous.is_same_input:
        message = "This idempotency key was used for another answer."
        refusal = refuse(UserErrorCode.CONFLICT, message, "idempotency_key")
        return CheckInReply.refused(refusal)
    check_in = uow.check_ins.get([key])[key]
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        return CheckInReply(check_in=record_of(uow, key))
    reading = _reading(reader, command.answer, step.check_in, check_in, AnswerSource.STAFF)
    level = _guidance_level(check_in, reading)
    guidance = guidance_of(uow, check_in, level, reading.rule)
    return CheckInReply(check_in=record_of(uow, key), guidance=guidance)


def _guidance_level(check_in: CheckIn, reading: Reading) -> CheckInLevel | None:
    """“Call now” is not taken back by a milder answer."""
    return CheckInLevel.RED if check_in.level is CheckInLevel.RED else reading.level


def _input_faults(answer: str) -> list[Refusal]:
    if 0 < len(answer.strip()) <= _LONGEST_ANSWER:
        return []
    message = f"Give an answer of 1 to {_LONGEST_ANSWER} characters."
    return [refuse(UserErrorCode.INVALID, message, "answer")]


def _key_faults(key: str | None) -> list[Refusal]:
    return [] if key is None else list(key_faults(key))
