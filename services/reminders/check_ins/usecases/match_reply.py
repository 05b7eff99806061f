"""Finds the question that a text answers, rates the text, and applies the rating.

If two patients share a phone, the text is not attributed to either of them. A late text, or one
that answers an older question, counts for the question that was asked last. Red flags count even
if nothing was asked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.incoming import RecordInbound
from services.contracts.words import CheckInLevel, Mode, SuppressionReason
from services.reminders.check_ins.domain.check_in import ANSWERABLE_FOR, CheckIn
from services.reminders.check_ins.domain.incoming_text import (
    IncomingText,
    for_a_person,
    is_relief,
    says_something,
)
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.apply_answer import Answer, AnswerSource, apply_answer
from services.reminders.check_ins.usecases.deadlines import key_of
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.check_ins.usecases.raise_escalation import RedFlag, raise_red_flag
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment


def match_reply(
    uow: CheckInsUnitOfWork, owners: Sequence[AddressOwner], incoming: IncomingText
) -> tuple[MatchedReply, ...]:
    """Rate a text from a phone that these patients have. Changes no check-in yet.

    A text that is no answer at all, such as thanks, matches nothing.
    """
    owners = _live_owners(owners)
    uow.check_ins.open_sent(owners)
    recent = uow.check_ins.recent(owners, uow.now() - ANSWERABLE_FOR)
    waiting = [
        check_in for check_in in recent if check_in.is_waiting and check_in.closes_at > uow.now()
    ]
    if len({check_in.patient_key for check_in in waiting}) > 1:
        return _rate_ambiguous(uow, waiting, incoming)
    for target in (waiting or recent)[:1]:
        reply = _rate(uow, target, incoming)
        if reply is not None:
            return (reply,) if says_something(reply.reading) else ()
    return tuple(_unasked_red_flags(uow, owners, incoming))


def is_answer_with_consent(uow: CheckInsUnitOfWork, replies: Iterable[MatchedReply]) -> bool:
    """Whether the text is an option of a question to a patient who has not opted out."""
    return any(reply.is_clear_choice and not _has_opted_out(uow, reply) for reply in replies)


def without_green(reply: MatchedReply) -> MatchedReply:
    """Make a GREEN rating UNCLEAR: a picture came with the text and must be looked at first."""
    if reply.level is not CheckInLevel.GREEN:
        return reply
    return msgspec.structs.replace(reply, reading=for_a_person(reply.reading))


def without_relief(reply: MatchedReply) -> MatchedReply:
    """Make good news in other words than an option's UNCLEAR: a person has to read it."""
    if not is_relief(reply.reading):
        return reply
    return msgspec.structs.replace(reply, reading=for_a_person(reply.reading))


def apply_replies(
    uow: CheckInsUnitOfWork,
    replies: Sequence[MatchedReply],
    inbound: RecordInbound,
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
            text=inbound.text,
            reading=reply.reading,
            source=AnswerSource(inbound.channel),
            inbound_id=inbound_ids[reply.clinic_id],
            sends_reply=reply is confirming if reply.is_ambiguous else _deserves_reply(reply),
            sends_safety_text=not has_safety_text,
        )
        if _apply(uow, reply, answer):
            handled.add(reply.clinic_id)
        has_safety_text = has_safety_text or reply.is_red
    return handled


def _apply(uow: CheckInsUnitOfWork, reply: MatchedReply, answer: Answer) -> bool:
    if reply.check_in is not None:
        return apply_answer(uow, reply.check_in, reply.step, answer).is_handled
    red_flag = RedFlag(
        patient=_patient(uow, reply),
        enrollment=reply.enrollment,
        step=reply.step,
        reading=reply.reading,
        channel=Channel(answer.source),
        inbound_id=answer.inbound_id,
        sends_safety_text=answer.sends_safety_text,
    )
    return raise_red_flag(uow, red_flag)


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
    if any(reply.level is not unclear or check_in.level is unclear for reply, check_in in asked):
        return None
    return next((reply for reply, check_in in asked if check_in.channel is Channel.SMS), None)


def _deserves_reply(reply: MatchedReply) -> bool:
    """Whether to reply. An UNCLEAR text after an answer that was understood gets no reply."""
    is_unclear = reply.level is CheckInLevel.UNCLEAR
    return not is_unclear or (reply.check_in is not None and reply.check_in.is_waiting)


def _rate(
    uow: CheckInsUnitOfWork, check_in: CheckIn, incoming: IncomingText
) -> MatchedReply | None:
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        return None
    reading = incoming.read(step.check_in)
    if is_relief(reading) and check_in.level is not CheckInLevel.WAITING:
        reading = for_a_person(reading)
    return MatchedReply(
        clinic_id=check_in.key.clinic_id,
        enrollment=uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key],
        step=step,
        reading=reading,
        check_in=check_in,
        is_late=check_in.closes_at <= uow.now() or check_in.level is CheckInLevel.UNREACHED,
    )


def _rate_ambiguous(
    uow: CheckInsUnitOfWork, waiting: Sequence[CheckIn], incoming: IncomingText
) -> tuple[MatchedReply, ...]:
    """RED for every patient if it is RED for any, else UNCLEAR for every patient."""
    ratings = (_rate(uow, check_in, incoming) for check_in in waiting)
    replies = [reply for reply in ratings if reply is not None]
    if not any(says_something(reply.reading) for reply in replies):
        return ()
    red = (reply.reading for reply in replies if reply.is_red)
    reading = next(red, None) or for_a_person(incoming.read())
    return tuple(
        msgspec.structs.replace(reply, reading=reading, is_ambiguous=True)
        for reply in _newest_per_enrollment(replies)
    )


def _newest_per_enrollment(replies: Sequence[MatchedReply]) -> list[MatchedReply]:
    """`replies` begin with the newest, and so does the result."""
    return list({reply.enrollment.id: reply for reply in reversed(replies)}.values())[::-1]


def _unasked_red_flags(
    uow: CheckInsUnitOfWork, owners: Sequence[AddressOwner], incoming: IncomingText
) -> Iterator[MatchedReply]:
    """Red flags that nothing had asked about, one for each patient with an enrollment."""
    for owner in owners:
        for enrollment in _followed(uow, key_of(owner)):
            step = _step_for_replies(uow, enrollment)
            reading = incoming.read(step.check_in)
            # an option is no answer if nothing was asked
            if reading.level is CheckInLevel.RED and reading.choice is None:
                yield MatchedReply(
                    clinic_id=enrollment.clinic_id,
                    enrollment=enrollment,
                    step=step,
                    reading=reading,
                )
                break


def _followed(uow: CheckInsUnitOfWork, key: Key) -> Sequence[Enrollment]:
    """The active enrollments, or else the last one: danger counts after care has ended too."""
    active = uow.enrollments.active(key)
    if active:
        return active
    latest = uow.enrollments.latest(key)
    return () if latest is None else (latest,)


def _step_for_replies(uow: CheckInsUnitOfWork, enrollment: Enrollment) -> AftercareStep:
    """A step of the plan with replies to answers, or else any step."""
    steps = uow.plans.get([enrollment.plan_key])[enrollment.plan_key].steps
    return next((step for step in steps if step.check_in), steps[0])


def _live_owners(owners: Sequence[AddressOwner]) -> tuple[AddressOwner, ...]:
    """Patients in test mode are left out if there is a live one."""
    return tuple(owner for owner in owners if owner.mode is Mode.LIVE) or tuple(owners)


def _patient(uow: CheckInsUnitOfWork, reply: MatchedReply) -> Patient:
    key = Key(reply.clinic_id, reply.enrollment.mode, reply.enrollment.patient_id)
    return uow.patients.get([key])[key]


def _has_opted_out(uow: CheckInsUnitOfWork, reply: MatchedReply) -> bool:
    contact = _patient(uow, reply).contact(Channel.SMS)
    return contact is None or SuppressionReason.OPT_OUT in contact.suppressions
