"""Record what a patient texts us, and act on the words that need no person to understand."""

from typing import Protocol

import msgspec

from services.contracts.catalog import Channel
from services.contracts.reminders import RecordInbound
from services.contracts.words import TaskKind
from services.reminders.domain.keywords import Meaning, understand
from services.reminders.usecases.opt_out import OptOut, OptOuts, Person, opt_in, opt_out

NOBODYS_CLINIC = 0
"""Holds what cannot be placed with a clinic: nothing that a person writes is dropped."""


class NewInbound(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    sender_id: int | None
    person: Person | None
    meaning: Meaning


class Inbox(Protocol):
    """In the transaction of one command."""

    def senders(self, said: RecordInbound) -> dict[int, int]:
        """The clinics that send from the address written to: clinic id → sender id."""
        ...

    def people(self, clinic_ids: tuple[int, ...], said: RecordInbound) -> tuple[Person, ...]:
        """The patients of those clinics whose current address this came from."""
        ...

    def add(self, new: NewInbound, said: RecordInbound) -> int | None:
        """Keep it, sealed; None when it was kept before."""
        ...

    def open_task(self, new: NewInbound, inbound_id: int, kind: TaskKind, title: str) -> None: ...


class InboundEffect(msgspec.Struct, frozen=True, kw_only=True):
    """`skipped`: (clinic id, outbound id) of what will not be sent because of it."""

    is_new: bool
    skipped: tuple[tuple[int, int], ...] = ()


def record_inbound(inbox: Inbox, opt_outs: OptOuts, said: RecordInbound) -> InboundEffect:
    """Safe to repeat: what was recorded before does nothing again."""
    senders = inbox.senders(said)
    clinic_ids = tuple(sorted(senders))
    people = inbox.people(clinic_ids, said)
    meaning = understand(said.text) if said.channel is Channel.SMS else Meaning.UNREAD
    news = [
        NewInbound(
            clinic_id=clinic_id,
            sender_id=senders.get(clinic_id),
            person=_only(people, clinic_id),
            meaning=meaning,
        )
        for clinic_id in _places(clinic_ids, people)
    ]
    kept = [(new, id_) for new in news if (id_ := inbox.add(new, said)) is not None]
    if not kept:
        return InboundEffect(is_new=False)
    skipped = _act(opt_outs, meaning, said, clinic_ids, people)
    if meaning is not Meaning.OPT_OUT:
        for new, inbound_id in kept:
            _ask_a_person(inbox, new, inbound_id)
    return InboundEffect(is_new=True, skipped=tuple(skipped))


def _places(clinic_ids: tuple[int, ...], people: tuple[Person, ...]) -> tuple[int, ...]:
    """The clinics it is kept with: those that know the writer, else the only one it can be for."""
    knowing = tuple(sorted({person.clinic_id for person in people}))
    if knowing:
        return knowing
    return clinic_ids if len(clinic_ids) == 1 else (NOBODYS_CLINIC,)


def _only(people: tuple[Person, ...], clinic_id: int) -> Person | None:
    """Two patients on one phone are never guessed between."""
    here = [person for person in people if person.clinic_id == clinic_id]
    return here[0] if len(here) == 1 else None


def _act(
    opt_outs: OptOuts,
    meaning: Meaning,
    said: RecordInbound,
    clinic_ids: tuple[int, ...],
    people: tuple[Person, ...],
) -> list[tuple[int, int]]:
    asked = OptOut(
        channel=said.channel,
        address=said.their_address,
        clinic_ids=clinic_ids,
        people=people,
        evidence=said.text,
    )
    if meaning is Meaning.OPT_OUT:
        return opt_out(opt_outs, asked)
    if meaning is Meaning.OPT_IN:
        opt_in(opt_outs, asked)
    return []


def _ask_a_person(inbox: Inbox, new: NewInbound, inbound_id: int) -> None:
    if new.clinic_id == NOBODYS_CLINIC:
        return  # nobody's staff
    if new.person is None:
        kind, title = TaskKind.UNMATCHED_REPLY, "A reply that cannot be placed with one patient"
    elif new.meaning is Meaning.OPT_IN:
        kind = TaskKind.UNREAD_REPLY
        title = "Asks for messages again; record a new consent before enrolling further"
    else:
        kind, title = TaskKind.UNREAD_REPLY, "A patient has written; read and answer"
    inbox.open_task(new, inbound_id, kind, title)
