"""Records answers that staff or an app give, and answers on the page of a signed link."""

from typing import Final

from services.contracts.check_ins import AnswerByLink, AnswerCheckIn, CheckInReply
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.triage import classify
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.apply_answer import Answer, AnswerSource, apply_answer
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.check_ins.usecases.read_check_ins import guidance_of, is_closed, record_of
from services.reminders.core.key import Key
from services.reminders.patients.usecases.patient_input import key_faults

MUTATION: Final = "answerCheckIn"
_LONGEST_ANSWER: Final = 1000


def answer_check_in(uow: CheckInsUnitOfWork, command: AnswerCheckIn) -> CheckInReply:
    """Record what a patient told staff. A late answer is recorded too."""
    faults = [*_input_faults(command.answer), *_key_faults(command.idempotency_key)]
    if faults:
        return CheckInReply.refused(*faults)
    key = Key.within(command.scope, command.check_in_id)
    previous = _previous_reply(uow, command, key)
    if previous is not None:
        return previous
    check_in = uow.check_ins.lock(key)
    if check_in is None:
        message = "There is no such check-in."
        return CheckInReply.refused(refuse(UserErrorCode.NOT_FOUND, message, "check_in_id"))
    reply = _apply(uow, check_in, command.answer, AnswerSource.STAFF)
    if command.idempotency_key is not None and not reply.refusals:
        uow.idempotency.put(MUTATION, command, check_in.key.id)
    return reply


def answer_by_link(uow: CheckInsUnitOfWork, command: AnswerByLink) -> CheckInReply:
    """Record an answer. Repeating it changes nothing; a closed check-in accepts only RED."""
    if faults := _input_faults(command.answer):
        return CheckInReply.refused(*faults)
    key = uow.check_ins.of_reminder(command.clinic_id, command.reminder_id)
    check_in = None if key is None else uow.check_ins.lock(key)
    if check_in is None:
        message = "There is no such check-in."
        return CheckInReply.refused(refuse(UserErrorCode.NOT_FOUND, message, "reminder_id"))
    if is_closed(uow, check_in) and not _is_red(uow, check_in, command.answer):
        message = "This check-in is closed. Please call the clinic."
        refusal = refuse(UserErrorCode.TOO_LATE, message, "answer")
        return CheckInReply(check_in=record_of(uow, check_in.key), refusals=(refusal,))
    return _apply(uow, check_in, command.answer, AnswerSource.PAGE)


def _apply(
    uow: CheckInsUnitOfWork, check_in: CheckIn, text: str, source: AnswerSource
) -> CheckInReply:
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        message = "The plan no longer asks this."
        return CheckInReply.refused(refuse(UserErrorCode.NOT_FOUND, message, "check_in_id"))
    triage = classify(text, step.check_in)
    is_new = text != check_in.answer or check_in.is_waiting
    if is_new or triage.level is CheckInLevel.RED:  # its escalation may have been closed since
        apply_answer(uow, check_in, step, Answer(text=text, triage=triage, source=source))
    return CheckInReply(
        check_in=record_of(uow, check_in.key),
        guidance=guidance_of(uow, check_in, _guidance_level(check_in, triage.level)),
    )


def _is_red(uow: CheckInsUnitOfWork, check_in: CheckIn, answer: str) -> bool:
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        return False
    return classify(answer, step.check_in).level is CheckInLevel.RED


def _previous_reply(
    uow: CheckInsUnitOfWork, command: AnswerCheckIn, key: Key
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
    level = _guidance_level(check_in, classify(command.answer, step.check_in).level)
    return CheckInReply(check_in=record_of(uow, key), guidance=guidance_of(uow, check_in, level))


def _guidance_level(check_in: CheckIn, answered: CheckInLevel) -> CheckInLevel:
    """“Call now” is not taken back by a milder answer."""
    return CheckInLevel.RED if check_in.level is CheckInLevel.RED else answered


def _input_faults(answer: str) -> list[Refusal]:
    if 0 < len(answer.strip()) <= _LONGEST_ANSWER:
        return []
    message = f"Give an answer of 1 to {_LONGEST_ANSWER} characters."
    return [refuse(UserErrorCode.INVALID, message, "answer")]


def _key_faults(key: str | None) -> list[Refusal]:
    return [] if key is None else list(key_faults(key))
