"""Records a text from a patient, and acts on what rules understand without a person."""

from collections.abc import Collection

import msgspec

from services.contracts.catalog import Channel
from services.contracts.events import ReminderChanged
from services.contracts.incoming import RecordInbound
from services.contracts.words import ConsentMethod, Mode, ReplyKeyword
from services.reading.reading import Reading, ReplyReader
from services.reading.refusals import Refusal
from services.reminders.addresses.reader import read_sender
from services.reminders.check_ins.domain.alert_texts import help_text
from services.reminders.check_ins.domain.inbound import UNKNOWN_CLINIC, NewInbound
from services.reminders.check_ins.domain.incoming_text import IncomingText
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.deadlines import key_of
from services.reminders.check_ins.usecases.inbound_tasks import UnderstoodText, open_tasks
from services.reminders.check_ins.usecases.match_reply import (
    apply_replies,
    is_answer_with_consent,
    match_reply,
    without_green,
    without_relief,
)
from services.reminders.consent.domain.keywords import Meaning, is_one_of, keyword
from services.reminders.consent.domain.opt_out import AddressOwner, OptOut, Withdrawal
from services.reminders.consent.usecases.opt_out import opt_in, opt_out
from services.reminders.core.clinic import emergency_number_for
from services.reminders.core.outbound import OutboundKind


class InboundEffect(msgspec.Struct, frozen=True, kw_only=True):
    """`has_clinic` is False if no clinic's staff will see the text."""

    is_new: bool
    has_clinic: bool = True


class InboundRules(msgspec.Struct, frozen=True, kw_only=True):
    """How texts are read. `opt_out_words` are the operator's own, besides those of the rules."""

    reader: ReplyReader
    opt_out_words: tuple[str, ...] = ()


def record_inbound(
    uow: CheckInsUnitOfWork, inbound: RecordInbound, rules: InboundRules
) -> InboundEffect:
    """Record a text with every clinic it may be for, and act on it.

    Safe to repeat: a text that was recorded before has no further effect.
    """
    senders = uow.inbound.senders(inbound) or uow.inbound.senders(_to_read_address(inbound))
    clinic_ids = tuple(sorted(senders))
    countries = uow.inbound.countries(clinic_ids)
    inbound = _from_read_address(inbound, countries)
    owners = uow.inbound.owners(clinic_ids, inbound)
    text = _read(uow, owners, inbound, rules, countries)
    was_helped = _was_helped(uow, text.meaning, clinic_ids, inbound)
    records = [
        NewInbound(
            clinic_id=clinic_id,
            sender_id=senders.get(clinic_id),
            mode=_mode(owners, clinic_id),
            owner=_sole_owner(owners, clinic_id),
            is_shared=_count(owners, clinic_id) > 1,
            meaning=text.meaning,
            reply=_reply_at(text.replies, clinic_id),
        )
        for clinic_id in _recording_clinics(clinic_ids, owners)
    ]
    added = [(record, uow.inbound.add(record, inbound)) for record in records]
    stored = [(record, inbound_id) for record, inbound_id in added if inbound_id is not None]
    if not stored:
        return InboundEffect(is_new=False)
    _act_on_keyword(uow, text.meaning, inbound, clinic_ids, owners)
    if text.meaning is Meaning.HELP and not was_helped and not inbound.is_answered:
        _send_help(uow, owners, inbound)
    inbound_ids = {record.clinic_id: inbound_id for record, inbound_id in stored}
    handled = apply_replies(uow, text.replies, inbound, inbound_ids)
    open_tasks(uow, stored, text, handled)
    has_clinic = all(record.clinic_id != UNKNOWN_CLINIC for record, _ in stored)
    return InboundEffect(is_new=True, has_clinic=has_clinic)


def _to_read_address(inbound: RecordInbound) -> RecordInbound:
    """The text with our number in E.164, because some gateways leave out the plus sign."""
    ours = read_sender(inbound.channel, inbound.our_address, countries=())
    return msgspec.structs.replace(inbound, our_address=ours)


def _from_read_address(inbound: RecordInbound, countries: Collection[str]) -> RecordInbound:
    """The text with its sender's address in the form in which addresses are stored."""
    theirs = read_sender(inbound.channel, inbound.their_address, countries=countries)
    return msgspec.structs.replace(inbound, their_address=theirs)


def _read(
    uow: CheckInsUnitOfWork,
    owners: tuple[AddressOwner, ...],
    inbound: RecordInbound,
    rules: InboundRules,
    countries: Collection[str],
) -> UnderstoodText:
    """Read a text as a keyword and as an answer to a check-in.

    Danger counts beside every keyword, but “help” alone is a keyword and no cry for help. “yes” is
    an answer if a question was asked, and a keyword otherwise.
    """
    incoming = IncomingText(
        reader=rules.reader,
        text=inbound.text,
        own_texts=uow.recent_texts.sent_to(owners),
        countries=frozenset(countries),
    )
    reading = incoming.read()
    meaning = _meaning(inbound, reading, rules.opt_out_words)
    is_help_word = keyword(inbound.text) is Meaning.HELP
    replies = () if is_help_word else match_reply(uow, owners, incoming)
    if meaning is Meaning.OPT_IN and is_answer_with_consent(uow, replies):
        meaning = Meaning.UNREAD
    if meaning in (Meaning.OPT_OUT, Meaning.OPT_IN, Meaning.HELP):
        replies = tuple(reply for reply in replies if reply.is_red)
    if inbound.media:
        replies = tuple(map(without_green, replies))
    elif inbound.channel is not Channel.SMS:
        replies = tuple(map(without_relief, replies))
    return UnderstoodText(
        inbound=inbound, meaning=meaning, reading=reading, replies=replies, owners=owners
    )


_BY_PROVIDER = {
    ReplyKeyword.STOP: Meaning.OPT_OUT,
    ReplyKeyword.START: Meaning.OPT_IN,
    ReplyKeyword.HELP: Meaning.HELP,
}


def _meaning(inbound: RecordInbound, reading: Reading, opt_out_words: tuple[str, ...]) -> Meaning:
    """The provider's word counts whatever the text says: the provider acts on it too."""
    if inbound.keyword is not None:
        return _BY_PROVIDER[inbound.keyword]
    if reading.refusal is Refusal.OPT_OUT or is_one_of(inbound.text, opt_out_words):
        return Meaning.OPT_OUT
    if reading.refusal is Refusal.HELD:
        return Meaning.MAYBE_OPT_OUT
    return keyword(inbound.text) or Meaning.UNREAD


def _was_helped(
    uow: CheckInsUnitOfWork, meaning: Meaning, clinic_ids: tuple[int, ...], inbound: RecordInbound
) -> bool:
    return meaning is Meaning.HELP and uow.inbound.asked_for_help_before(clinic_ids, inbound)


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
    if inbound.channel is not Channel.SMS:
        return
    for owner in owners[:1]:
        key = key_of(owner)
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
                text=help_text(
                    clinic=clinic.name_on(inbound.channel),
                    locale=patient.locale,
                    phone=clinic.phone,
                    emergency=emergency_number_for(
                        patient.region, country=clinic.country, own=clinic.emergency_number
                    ),
                ),
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
    is_text = inbound.channel is Channel.SMS
    method = ConsentMethod.SMS_KEYWORD if is_text else ConsentMethod.OTHER
    request = OptOut(
        channel=inbound.channel,
        address=inbound.their_address,
        clinic_ids=clinic_ids,
        owners=owners,
        withdrawal=Withdrawal(method=method, source="reply", evidence=inbound.text),
        can_confirm=not inbound.is_answered,
    )
    if meaning is Meaning.OPT_OUT:
        for clinic_id, outbound_id in opt_out(uow, request):
            uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))
    if meaning is Meaning.OPT_IN:
        opt_in(uow, request)
