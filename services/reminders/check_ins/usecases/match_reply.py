"""Which question a text answers, and how bad it is.

Two patients on one phone are never guessed between; what comes late, or to an older question, goes
to the last one that was asked; red flags are heard whether anything was asked or not.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import CheckInLevel, Mode, SuppressionReason
from services.reminders.check_ins.domain.check_in import REMEMBERED, CheckIn
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.check_ins.domain.triage import Triage, classify, read_signs
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.apply_answer import (
    Answer,
    RedFlag,
    Via,
    apply_answer,
    raise_escalation,
)
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment


def match_reply(
    uow: CheckInsUnitOfWork, people: Sequence[AddressOwner], text: str
) -> tuple[MatchedReply, ...]:
    """Rate a text from a phone that these people have; nothing is changed yet."""
    people = _real(people)
    uow.check_ins.open_sent(people)
    known = uow.check_ins.recent(people, uow.now() - REMEMBERED)
    waiting = [one for one in known if one.is_waiting and one.closes_at > uow.now()]
    if len({one.patient_key for one in waiting}) > 1:
        return _doubtful(uow, waiting, text)
    target = next(iter(waiting or known), None)
    heard = None if target is None else _rate(uow, target, text)
    return tuple(_unasked(uow, people, text)) if heard is None else (heard,)


def chosen_by_consenting(uow: CheckInsUnitOfWork, heard: Iterable[MatchedReply]) -> bool:
    """Whether “yes” is an answer to a question, from somebody who has not opted out."""
    return any(one.is_chosen and not _has_opted_out(uow, one) for one in heard)


def without_picture(one: MatchedReply) -> MatchedReply:
    """Nothing is well while a picture that came with the words has not been looked at."""
    if one.triage.level is not CheckInLevel.GREEN:
        return one
    return msgspec.structs.replace(one, triage=Triage(level=CheckInLevel.UNCLEAR))


def act_on(
    uow: CheckInsUnitOfWork,
    heard: Sequence[MatchedReply],
    text: str,
    inbound_ids: Mapping[int, int],
) -> Collection[int]:
    """Take the answers; says the clinics where no person needs to read the text besides."""
    settled: set[int] = set()
    has_told = False
    answering = _answering(heard)
    for one in heard:
        if not one.is_taken or one.clinic_id not in inbound_ids:
            continue
        given = Answer(
            text=text,
            triage=one.triage,
            via=Via.SMS,
            inbound_id=inbound_ids[one.clinic_id],
            is_replied=one is answering if one.is_doubtful else _is_worth_a_reply(one),
            is_told=not has_told,
        )
        if _take(uow, one, given):
            settled.add(one.clinic_id)
        has_told = has_told or one.triage.level is CheckInLevel.RED
    return settled


def _take(uow: CheckInsUnitOfWork, one: MatchedReply, given: Answer) -> bool:
    if one.check_in is not None:
        return apply_answer(uow, one.check_in, one.step, given).is_settled
    return raise_escalation(
        uow,
        RedFlag(
            patient=_patient(uow, one),
            enrollment=one.enrollment,
            step=one.step,
            triage=one.triage,
            channel=Channel.SMS,
            inbound_id=given.inbound_id,
            is_told=given.is_told,
        ),
    )


def _answering(heard: Sequence[MatchedReply]) -> MatchedReply | None:
    """Whose clinic says to a phone of several patients, once, that a person will read its text."""
    asked = [(one, one.check_in) for one in heard if one.is_doubtful and one.check_in is not None]
    unclear = CheckInLevel.UNCLEAR
    if any(one.triage.level is not unclear or check_in.level is unclear for one, check_in in asked):
        return None
    return next((one for one, check_in in asked if check_in.channel is Channel.SMS), None)


def _is_worth_a_reply(one: MatchedReply) -> bool:
    """What is said beside an answer that was understood goes to a person, without more words."""
    is_unclear = one.triage.level is CheckInLevel.UNCLEAR
    return not is_unclear or (one.check_in is not None and one.check_in.is_waiting)


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


def _doubtful(
    uow: CheckInsUnitOfWork, waiting: Sequence[CheckIn], text: str
) -> tuple[MatchedReply, ...]:
    """RED for each if it is red for any, else UNCLEAR for each."""
    rated = [heard for one in waiting if (heard := _rate(uow, one, text)) is not None]
    red = next((one.triage for one in rated if one.triage.level is CheckInLevel.RED), None)
    triage = red or Triage(level=CheckInLevel.UNCLEAR)
    return tuple(
        msgspec.structs.replace(one, triage=triage, is_doubtful=True) for one in _newest_each(rated)
    )


def _newest_each(heard: Sequence[MatchedReply]) -> list[MatchedReply]:
    """One for each enrollment; the list begins with the newest."""
    return list({one.enrollment.id: one for one in reversed(heard)}.values())[::-1]


def _unasked(
    uow: CheckInsUnitOfWork, people: Sequence[AddressOwner], text: str
) -> Iterator[MatchedReply]:
    """Red flags by the rules of the plans that these people follow."""
    for person in people:
        key = Key(person.clinic_id, person.mode, person.patient_id)
        for enrollment in uow.enrollments.active(key):
            heard = _red_flag(uow, enrollment, text)
            if heard is not None:
                yield heard
                break  # one escalation tells staff of the patient


def _red_flag(uow: CheckInsUnitOfWork, enrollment: Enrollment, text: str) -> MatchedReply | None:
    place = (enrollment.clinic_id, enrollment.plan_version_id)
    for step in uow.plans.get([place])[place].steps:
        found = read_signs(text, step.check_in) if step.check_in else None
        if found is not None and found.level is CheckInLevel.RED:
            return MatchedReply(
                clinic_id=enrollment.clinic_id, enrollment=enrollment, step=step, triage=found
            )
    return None


def _real(people: Sequence[AddressOwner]) -> tuple[AddressOwner, ...]:
    """One who exists for trying things out does not stand in a real one's way."""
    return tuple(one for one in people if one.mode is Mode.LIVE) or tuple(people)


def _patient(uow: CheckInsUnitOfWork, one: MatchedReply) -> Patient:
    key = Key(one.clinic_id, one.enrollment.mode, one.enrollment.patient_id)
    return uow.patients.get([key])[key]


def _has_opted_out(uow: CheckInsUnitOfWork, one: MatchedReply) -> bool:
    contact = _patient(uow, one).contact(Channel.SMS)
    return contact is None or SuppressionReason.OPT_OUT in contact.suppressions
