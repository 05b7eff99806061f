"""Record what a patient texts us, and act on the words that need no person to understand."""

from collections.abc import Collection

import msgspec

from services.contracts.catalog import Channel
from services.contracts.events import TaskChanged
from services.contracts.incoming import RecordInbound
from services.contracts.words import ConsentMethod, Mode, TaskKind
from services.reminders.check_ins.domain.alert_texts import help_text
from services.reminders.check_ins.domain.inbound import NewInbound, NewTask
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.match_reply import (
    act_on,
    chosen_by_consenting,
    match_reply,
    without_picture,
)
from services.reminders.consent.domain.keywords import Meaning, understand
from services.reminders.consent.domain.opt_out import AddressOwner, OptOut, Withdrawal
from services.reminders.consent.storage.opt_outs import OptOutRepository
from services.reminders.consent.usecases.opt_out import opt_in, opt_out
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind

NOBODYS_CLINIC = 0
"""Holds what cannot be placed with a clinic: nothing that a person writes is dropped."""


class InboundEffect(msgspec.Struct, frozen=True, kw_only=True):
    """`skipped`: (clinic id, outbound id) of what will not be sent because of it."""

    is_new: bool
    skipped: tuple[tuple[int, int], ...] = ()
    is_nobodys: bool = False  # no clinic's staff will see it


def record_inbound(uow: CheckInsUnitOfWork, said: RecordInbound) -> InboundEffect:
    """Safe to repeat: what was recorded before does nothing again."""
    senders = uow.inbound.senders(said)
    clinic_ids = tuple(sorted(senders))
    people = uow.inbound.people(clinic_ids, said)
    meaning, heard = _read(uow, people, said, uow.inbound.countries(clinic_ids))
    was_helped = meaning is Meaning.HELP and uow.inbound.asked_for_help_before(clinic_ids, said)
    news = [
        NewInbound(
            clinic_id=clinic_id,
            sender_id=senders.get(clinic_id),
            mode=_mode(people, clinic_id),
            person=_only(people, clinic_id),
            is_shared=_count(people, clinic_id) > 1,
            meaning=meaning,
            heard=_attached(heard, clinic_id),
        )
        for clinic_id in _places(clinic_ids, people)
    ]
    kept = [(new, id_) for new in news if (id_ := uow.inbound.add(new, said)) is not None]
    if not kept:
        return InboundEffect(is_new=False)
    skipped = _act(uow.opt_outs, meaning, said, clinic_ids, people)
    if meaning is Meaning.HELP and not was_helped and not said.is_answered:
        _help(uow, people, said)
    settled = act_on(uow, heard, said.text, {new.clinic_id: id_ for new, id_ in kept})
    for new, inbound_id in kept:
        task = _for_a_person(new, said, is_settled=new.clinic_id in settled)
        if task is not None:
            opened = uow.inbound.open_task(new, inbound_id, task)
            uow.announce(TaskChanged(clinic_id=new.clinic_id, task_id=opened))
    is_nobodys = any(new.clinic_id == NOBODYS_CLINIC for new, _ in kept)
    return InboundEffect(is_new=True, skipped=tuple(skipped), is_nobodys=is_nobodys)


def _read(
    uow: CheckInsUnitOfWork,
    people: tuple[AddressOwner, ...],
    said: RecordInbound,
    countries: Collection[str],
) -> tuple[Meaning, tuple[MatchedReply, ...]]:
    """Words that end messages come first; then what else may be an answer is heard as one.

    “yes” is one where something was asked, and else whatever it means to the sender.
    """
    if said.channel is not Channel.SMS:
        return Meaning.UNREAD, ()
    meaning = understand(said.text, countries)
    if meaning in (Meaning.OPT_OUT, Meaning.HELP):
        return meaning, ()
    heard = match_reply(uow, people, said.text)
    if meaning is Meaning.OPT_IN:
        is_answer = chosen_by_consenting(uow, heard)
        return (Meaning.UNREAD, heard) if is_answer else (meaning, ())
    return meaning, tuple(without_picture(one) for one in heard) if said.media else heard


def _attached(heard: tuple[MatchedReply, ...], clinic_id: int) -> MatchedReply | None:
    """All that is heard of one text is rated alike; which check-in it answers may be in doubt."""
    here = [one for one in heard if one.clinic_id == clinic_id]
    if len(here) == 1 and not here[0].is_doubtful:
        return here[0]
    return msgspec.structs.replace(here[0], check_in=None) if here else None


def _help(uow: CheckInsUnitOfWork, people: tuple[AddressOwner, ...], said: RecordInbound) -> None:
    """One answer to a phone, from the first clinic that knows it."""
    for person in people[:1]:
        key = Key(person.clinic_id, person.mode, person.patient_id)
        patient = uow.patients.get([key])[key]
        clinic = patient.clinic
        uow.outbox.put(
            OutboxMessage(
                kind=OutboundKind.REPLY,
                mode=person.mode,
                clinic_id=clinic.id,
                patient_id=patient.id,
                contact_point_id=person.contact_point_id,
                channel=said.channel,
                text=help_text(clinic=clinic.name, locale=patient.locale, phone=clinic.phone),
            )
        )


def _places(clinic_ids: tuple[int, ...], people: tuple[AddressOwner, ...]) -> tuple[int, ...]:
    """The clinics it is kept with: those that know the writer, else the only one it can be for."""
    knowing = tuple(sorted({person.clinic_id for person in people}))
    if knowing:
        return knowing
    return clinic_ids if len(clinic_ids) == 1 else (NOBODYS_CLINIC,)


def _only(people: tuple[AddressOwner, ...], clinic_id: int) -> AddressOwner | None:
    """Two patients on one phone are never guessed between.

    One who exists for trying things out does not stand in a real one's way.
    """
    here = [person for person in people if person.clinic_id == clinic_id]
    live = [person for person in here if person.mode is Mode.LIVE]
    candidates = live or here
    return candidates[0] if len(candidates) == 1 else None


def _count(people: tuple[AddressOwner, ...], clinic_id: int) -> int:
    return sum(person.clinic_id == clinic_id for person in people)


def _mode(people: tuple[AddressOwner, ...], clinic_id: int) -> Mode:
    """Whose eyes it is for: a stranger's words are as real as a patient's."""
    modes = {person.mode for person in people if person.clinic_id == clinic_id}
    return modes.pop() if len(modes) == 1 else Mode.LIVE


def _act(
    opt_outs: OptOutRepository,
    meaning: Meaning,
    said: RecordInbound,
    clinic_ids: tuple[int, ...],
    people: tuple[AddressOwner, ...],
) -> list[tuple[int, int]]:
    asked = OptOut(
        channel=said.channel,
        address=said.their_address,
        clinic_ids=clinic_ids,
        people=people,
        said=Withdrawal(method=ConsentMethod.SMS_KEYWORD, source="reply", evidence=said.text),
        is_answerable=not said.is_answered,
    )
    if meaning is Meaning.OPT_OUT:
        return opt_out(opt_outs, asked)
    if meaning is Meaning.OPT_IN:
        opt_in(opt_outs, asked)
    return []


def _for_a_person(new: NewInbound, said: RecordInbound, *, is_settled: bool) -> NewTask | None:
    """What is left to do of a text; nothing that is kept for nobody is anybody's."""
    is_done = is_settled and not said.media and new.meaning is Meaning.UNREAD
    return None if is_done or new.clinic_id == NOBODYS_CLINIC else _task(new, said)


_TITLES = {
    Meaning.MAYBE_OPT_OUT: "May want no more messages: nothing is sent until you have decided",
    Meaning.OPT_IN: "Asks for messages again; record a new consent before enrolling further",
    Meaning.HELP: "Asks for help; call or answer",
    Meaning.UNREAD: "A patient has written; read and answer",
}


def _task(new: NewInbound, said: RecordInbound) -> NewTask | None:
    """What is left for a person to do; nothing where a word has been acted on."""
    holds = new.meaning is Meaning.MAYBE_OPT_OUT
    kind = TaskKind.UNMATCHED_REPLY if new.person is None else TaskKind.UNREAD_REPLY
    if said.media:
        return NewTask(kind, "Sent a picture, which is kept with the carrier; look there", holds)
    if new.meaning is Meaning.OPT_OUT:
        return _shared_opt_out(new)
    if new.person is None and not holds:
        return NewTask(kind, "A reply that cannot be placed with one patient")
    return NewTask(kind, _TITLES[new.meaning], holds)


def _shared_opt_out(new: NewInbound) -> NewTask | None:
    """Somebody's word ended messages to everybody with that number: a person must tell them."""
    if new.person is not None or not new.is_shared:
        return None
    return NewTask(TaskKind.OPTED_OUT, "A number that several patients share has opted out")
