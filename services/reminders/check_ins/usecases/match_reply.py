"""Finds the question that a text answers, rates the text, and applies the rating.

If two patients share a phone, the text is not attributed to either of them. A late text, or one
that answers an older question, counts for the question that was asked last. Red flags count even
if nothing was asked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import CheckInLevel, Mode, SuppressionReason
from services.reminders.check_ins.domain.check_in import ANSWERABLE_FOR, CheckIn
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.check_ins.domain.triage import Triage, classify, read_signs
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.apply_answer import (
    Answer,
    AnswerSource,
    RedFlag,
    apply_answer,
    raise_escalation,
)
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment


def match_reply(
    uow: CheckInsUnitOfWork, owners: Sequence[AddressOwner], text: str
) -> tuple[MatchedReply, ...]:
    """Rate a text from a phone that these patients have. Changes no check-in yet."""
    owners = _live_owners(owners)
    uow.check_ins.open_sent(owners)
    recent = uow.check_ins.recent(owners, uow.now() - ANSWERABLE_FOR)
    waiting = [
        check_in for check_in in recent if check_in.is_waiting and check_in.closes_at > uow.now()
    ]
    if len({check_in.patient_key for check_in in waiting}) > 1:
        return _rate_ambiguous(uow, waiting, text)
    target = next(iter(waiting or recent), None)
    reply = None if target is None else _rate(uow, target, text)
    return tuple(_unasked_red_flags(uow, owners, text)) if reply is None else (reply,)


def is_answer_with_consent(uow: CheckInsUnitOfWork, replies: Iterable[MatchedReply]) -> bool:
    """Whether the text is an option of a question to a patient who has not opted out."""
    return any(reply.is_clear_choice and not _has_opted_out(uow, reply) for reply in replies)


def without_green(reply: MatchedReply) -> MatchedReply:
    """Make a GREEN rating UNCLEAR: a picture came with the text and must be looked at first."""
    if reply.triage.level is not CheckInLevel.GREEN:
        return reply
    return msgspec.structs.replace(reply, triage=Triage(level=CheckInLevel.UNCLEAR))


def apply_replies(
    uow: CheckInsUnitOfWork,
    replies: Sequence[MatchedReply],
    text: str,
    inbound_ids: Mapping[int, int],
) -> Collection[int]:
    """Apply the replies to a text; `inbound_ids` are the ids it is stored under, by clinic.

    Returns the clinics where no person needs to read the text besides.
    """
    handled: set[int] = set()
    has_safety_text = False
    confirming = _confirming_reply(replies)
    for reply in replies:
        if not reply.counts or reply.clinic_id not in inbound_ids:
            continue
        answer = Answer(
            text=text,
            triage=reply.triage,
            source=AnswerSource.SMS,
            inbound_id=inbound_ids[reply.clinic_id],
            sends_reply=reply is confirming if reply.is_ambiguous else _deserves_reply(reply),
            sends_safety_text=not has_safety_text,
        )
        if _apply(uow, reply, answer):
            handled.add(reply.clinic_id)
        has_safety_text = has_safety_text or reply.triage.level is CheckInLevel.RED
    return handled


def _apply(uow: CheckInsUnitOfWork, reply: MatchedReply, answer: Answer) -> bool:
    if reply.check_in is not None:
        return apply_answer(uow, reply.check_in, reply.step, answer).is_handled
    return raise_escalation(
        uow,
        RedFlag(
            patient=_patient(uow, reply),
            enrollment=reply.enrollment,
            step=reply.step,
            triage=reply.triage,
            channel=Channel.SMS,
            inbound_id=answer.inbound_id,
            sends_safety_text=answer.sends_safety_text,
        ),
    )


def _confirming_reply(replies: Sequence[MatchedReply]) -> MatchedReply | None:
    """The ambiguous reply that gets the one text saying that a person will read it.

    Returns None if a shared phone got that text before, or if the rating is not UNCLEAR.
    """
    asked = [
        (reply, reply.check_in)
        for reply in replies
        if reply.is_ambiguous and reply.check_in is not None
    ]
    unclear = CheckInLevel.UNCLEAR
    if any(
        reply.triage.level is not unclear or check_in.level is unclear for reply, check_in in asked
    ):
        return None
    return next((reply for reply, check_in in asked if check_in.channel is Channel.SMS), None)


def _deserves_reply(reply: MatchedReply) -> bool:
    """Whether to reply. An UNCLEAR text after an answer that was understood gets no reply."""
    is_unclear = reply.triage.level is CheckInLevel.UNCLEAR
    return not is_unclear or (reply.check_in is not None and reply.check_in.is_waiting)


def _rate(uow: CheckInsUnitOfWork, check_in: CheckIn, text: str) -> MatchedReply | None:
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        return None
    return MatchedReply(
        clinic_id=check_in.key.clinic_id,
        enrollment=uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key],
        step=step,
        triage=classify(text, step.check_in),
        check_in=check_in,
        is_late=check_in.closes_at <= uow.now() or check_in.level is CheckInLevel.UNREACHED,
    )


def _rate_ambiguous(
    uow: CheckInsUnitOfWork, waiting: Sequence[CheckIn], text: str
) -> tuple[MatchedReply, ...]:
    """RED for every patient if it is RED for any, else UNCLEAR for every patient."""
    ratings = (_rate(uow, check_in, text) for check_in in waiting)
    replies = [reply for reply in ratings if reply is not None]
    red = (reply.triage for reply in replies if reply.triage.level is CheckInLevel.RED)
    triage = next(red, Triage(level=CheckInLevel.UNCLEAR))
    return tuple(
        msgspec.structs.replace(reply, triage=triage, is_ambiguous=True)
        for reply in _newest_per_enrollment(replies)
    )


def _newest_per_enrollment(replies: Sequence[MatchedReply]) -> list[MatchedReply]:
    """`replies` begin with the newest, and so does the result."""
    return list({reply.enrollment.id: reply for reply in reversed(replies)}.values())[::-1]


def _unasked_red_flags(
    uow: CheckInsUnitOfWork, owners: Sequence[AddressOwner], text: str
) -> Iterator[MatchedReply]:
    """Red flags by the rules of the plans that these patients follow, at most one a patient."""
    for owner in owners:
        key = Key(owner.clinic_id, owner.mode, owner.patient_id)
        for enrollment in uow.enrollments.active(key):
            reply = _red_flag(uow, enrollment, text)
            if reply is not None:
                yield reply
                break


def _red_flag(uow: CheckInsUnitOfWork, enrollment: Enrollment, text: str) -> MatchedReply | None:
    plan_key = (enrollment.clinic_id, enrollment.plan_version_id)
    for step in uow.plans.get([plan_key])[plan_key].steps:
        triage = read_signs(text, step.check_in) if step.check_in else None
        if triage is not None and triage.level is CheckInLevel.RED:
            return MatchedReply(
                clinic_id=enrollment.clinic_id, enrollment=enrollment, step=step, triage=triage
            )
    return None


def _live_owners(owners: Sequence[AddressOwner]) -> tuple[AddressOwner, ...]:
    """Patients in test mode are left out if there is a live one."""
    return tuple(owner for owner in owners if owner.mode is Mode.LIVE) or tuple(owners)


def _patient(uow: CheckInsUnitOfWork, reply: MatchedReply) -> Patient:
    key = Key(reply.clinic_id, reply.enrollment.mode, reply.enrollment.patient_id)
    return uow.patients.get([key])[key]


def _has_opted_out(uow: CheckInsUnitOfWork, reply: MatchedReply) -> bool:
    contact = _patient(uow, reply).contact(Channel.SMS)
    return contact is None or SuppressionReason.OPT_OUT in contact.suppressions
