"""Records a text from a patient, and acts on what rules understand without a person."""

from collections.abc import Collection, Sequence

import msgspec

from services.contracts.catalog import Channel
from services.contracts.events import ReminderChanged, TaskChanged
from services.contracts.incoming import RecordInbound
from services.contracts.words import ConsentMethod, Mode, TaskKind
from services.reminders.check_ins.domain.alert_texts import help_text
from services.reminders.check_ins.domain.inbound import InboundTask, NewInbound
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.match_reply import (
    apply_replies,
    is_answer_with_consent,
    match_reply,
    without_green,
)
from services.reminders.consent.domain.keywords import Meaning, understand
from services.reminders.consent.domain.opt_out import AddressOwner, OptOut, Withdrawal
from services.reminders.consent.usecases.opt_out import opt_in, opt_out
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind

UNKNOWN_CLINIC = 0
"""Holds texts that cannot be attributed to a clinic: no text is dropped."""

Stored = tuple[NewInbound, int]  # (what was recorded, inbound id)


class InboundEffect(msgspec.Struct, frozen=True, kw_only=True):
    """`has_clinic` is False if no clinic's staff will see the text."""

    is_new: bool
    has_clinic: bool = True


def record_inbound(uow: CheckInsUnitOfWork, inbound: RecordInbound) -> InboundEffect:
    """Record a text with every clinic it may be for, and act on it.

    Safe to repeat: a text that was recorded before has no further effect.
    """
    senders = uow.inbound.senders(inbound)
    clinic_ids = tuple(sorted(senders))
    owners = uow.inbound.owners(clinic_ids, inbound)
    meaning, replies = _read(uow, owners, inbound, uow.inbound.countries(clinic_ids))
    was_helped = meaning is Meaning.HELP and uow.inbound.asked_for_help_before(clinic_ids, inbound)
    records = [
        NewInbound(
            clinic_id=clinic_id,
            sender_id=senders.get(clinic_id),
            mode=_mode(owners, clinic_id),
            owner=_sole_owner(owners, clinic_id),
            is_shared=_count(owners, clinic_id) > 1,
            meaning=meaning,
            reply=_reply_at(replies, clinic_id),
        )
        for clinic_id in _recording_clinics(clinic_ids, owners)
    ]
    added = [(record, uow.inbound.add(record, inbound)) for record in records]
    stored = [(record, inbound_id) for record, inbound_id in added if inbound_id is not None]
    if not stored:
        return InboundEffect(is_new=False)
    _act_on_keyword(uow, meaning, inbound, clinic_ids, owners)
    if meaning is Meaning.HELP and not was_helped and not inbound.is_answered:
        _send_help(uow, owners, inbound)
    inbound_ids = {record.clinic_id: inbound_id for record, inbound_id in stored}
    handled = apply_replies(uow, replies, inbound.text, inbound_ids)
    _open_tasks(uow, stored, inbound, handled)
    has_clinic = all(record.clinic_id != UNKNOWN_CLINIC for record, _ in stored)
    return InboundEffect(is_new=True, has_clinic=has_clinic)


def _read(
    uow: CheckInsUnitOfWork,
    owners: tuple[AddressOwner, ...],
    inbound: RecordInbound,
    countries: Collection[str],
) -> tuple[Meaning, tuple[MatchedReply, ...]]:
    """Read a text as a keyword first, and as an answer to a check-in if it is none.

    “yes” is an answer if a question was asked, and a keyword otherwise.
    """
    if inbound.channel is not Channel.SMS:
        return Meaning.UNREAD, ()
    meaning = understand(inbound.text, countries)
    if meaning in (Meaning.OPT_OUT, Meaning.HELP):
        return meaning, ()
    replies = match_reply(uow, owners, inbound.text)
    if meaning is Meaning.OPT_IN:
        is_answer = is_answer_with_consent(uow, replies)
        return (Meaning.UNREAD, replies) if is_answer else (meaning, ())
    return meaning, tuple(map(without_green, replies)) if inbound.media else replies


def _reply_at(replies: tuple[MatchedReply, ...], clinic_id: int) -> MatchedReply | None:
    """The reply to store at a clinic, without its check-in if that is ambiguous.

    All replies to one text have the same rating.
    """
    here = [reply for reply in replies if reply.clinic_id == clinic_id]
    if len(here) == 1 and not here[0].is_ambiguous:
        return here[0]
    return msgspec.structs.replace(here[0], check_in=None) if here else None


def _send_help(
    uow: CheckInsUnitOfWork, owners: tuple[AddressOwner, ...], inbound: RecordInbound
) -> None:
    """Send one help text to a phone, from the first clinic that knows it."""
    for owner in owners[:1]:
        key = Key(owner.clinic_id, owner.mode, owner.patient_id)
        patient = uow.patients.get([key])[key]
        clinic = patient.clinic
        uow.outbox.put(
            OutboxMessage(
                kind=OutboundKind.REPLY,
                mode=owner.mode,
                clinic_id=clinic.id,
                patient_id=patient.id,
                contact_point_id=owner.contact_point_id,
                channel=inbound.channel,
                text=help_text(clinic=clinic.name, locale=patient.locale, phone=clinic.phone),
            )
        )


def _recording_clinics(
    clinic_ids: tuple[int, ...], owners: tuple[AddressOwner, ...]
) -> tuple[int, ...]:
    """The clinics that know the writer, else the only clinic the text can be for."""
    knowing = tuple(sorted({owner.clinic_id for owner in owners}))
    if knowing:
        return knowing
    return clinic_ids if len(clinic_ids) == 1 else (UNKNOWN_CLINIC,)


def _sole_owner(owners: tuple[AddressOwner, ...], clinic_id: int) -> AddressOwner | None:
    """The clinic's patient with this phone. Returns None if there are several.

    Patients in test mode do not count if there is a live one.
    """
    here = [owner for owner in owners if owner.clinic_id == clinic_id]
    live = [owner for owner in here if owner.mode is Mode.LIVE]
    candidates = live or here
    return candidates[0] if len(candidates) == 1 else None


def _count(owners: tuple[AddressOwner, ...], clinic_id: int) -> int:
    return sum(owner.clinic_id == clinic_id for owner in owners)


def _mode(owners: tuple[AddressOwner, ...], clinic_id: int) -> Mode:
    """The mode of the owners at the clinic. A text from a stranger is live."""
    modes = {owner.mode for owner in owners if owner.clinic_id == clinic_id}
    return modes.pop() if len(modes) == 1 else Mode.LIVE


def _act_on_keyword(
    uow: CheckInsUnitOfWork,
    meaning: Meaning,
    inbound: RecordInbound,
    clinic_ids: tuple[int, ...],
    owners: tuple[AddressOwner, ...],
) -> None:
    request = OptOut(
        channel=inbound.channel,
        address=inbound.their_address,
        clinic_ids=clinic_ids,
        owners=owners,
        withdrawal=Withdrawal(
            method=ConsentMethod.SMS_KEYWORD, source="reply", evidence=inbound.text
        ),
        can_confirm=not inbound.is_answered,
    )
    if meaning is Meaning.OPT_OUT:
        for clinic_id, outbound_id in opt_out(uow, request):
            uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))
    if meaning is Meaning.OPT_IN:
        opt_in(uow, request)


def _open_tasks(
    uow: CheckInsUnitOfWork,
    stored: Sequence[Stored],
    inbound: RecordInbound,
    handled: Collection[int],
) -> None:
    for record, inbound_id in stored:
        task = _task_if_left(record, inbound, is_handled=record.clinic_id in handled)
        if task is not None:
            task_id = uow.inbound.open_task(record, inbound_id, task)
            uow.announce(TaskChanged(clinic_id=record.clinic_id, task_id=task_id))


def _task_if_left(
    record: NewInbound, inbound: RecordInbound, *, is_handled: bool
) -> InboundTask | None:
    """The task that a text leaves for staff. Texts without a clinic open no task."""
    is_done = is_handled and not inbound.media and record.meaning is Meaning.UNREAD
    return None if is_done or record.clinic_id == UNKNOWN_CLINIC else _task(record, inbound)


_TITLES = {
    Meaning.MAYBE_OPT_OUT: "May want no more messages: nothing is sent until you have decided",
    Meaning.OPT_IN: "Asks for messages again; record a new consent before enrolling further",
    Meaning.HELP: "Asks for help; call or answer",
    Meaning.UNREAD: "A patient has written; read and answer",
}


def _task(record: NewInbound, inbound: RecordInbound) -> InboundTask | None:
    """Returns None if the text was a keyword that has been acted on."""
    holds = record.meaning is Meaning.MAYBE_OPT_OUT
    kind = TaskKind.UNMATCHED_REPLY if record.owner is None else TaskKind.UNREAD_REPLY
    if inbound.media:
        title = "Sent a picture, which is kept with the carrier; look there"
        return InboundTask(kind, title, holds)
    if record.meaning is Meaning.OPT_OUT:
        return _shared_opt_out_task(record)
    if record.owner is None and not holds:
        return InboundTask(kind, "A reply that cannot be placed with one patient")
    return InboundTask(kind, _TITLES[record.meaning], holds)


def _shared_opt_out_task(record: NewInbound) -> InboundTask | None:
    """One patient opted out several who share the phone: staff must tell the others."""
    if record.owner is not None or not record.is_shared:
        return None
    return InboundTask(TaskKind.OPTED_OUT, "A number that several patients share has opted out")
