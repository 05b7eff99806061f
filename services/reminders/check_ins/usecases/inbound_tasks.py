"""Opens the tasks that a text leaves for staff, each with the time by which it has to be done."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from services.contracts.events import TaskChanged
from services.contracts.incoming import RecordInbound
from services.contracts.words import CheckInLevel, TaskKind
from services.reading.reading import Reading
from services.reminders.check_ins.domain.inbound import UNKNOWN_CLINIC, InboundTask, NewInbound
from services.reminders.check_ins.domain.incoming_text import is_relief, says_something
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.deadlines import reading_deadline
from services.reminders.consent.domain.keywords import Meaning, may_opt_in
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.consent.usecases.opt_out import end_of_today

Stored = tuple[NewInbound, int]  # (what was recorded, inbound id)


class UnderstoodText(msgspec.Struct, frozen=True, kw_only=True):
    """A text as rules understand it. `reading` is that of the words alone, without a question."""

    inbound: RecordInbound
    meaning: Meaning
    reading: Reading
    replies: tuple[MatchedReply, ...]
    owners: tuple[AddressOwner, ...]

    @property
    def says_nothing(self) -> bool:
        """Whether nobody needs to read it: thanks, a like, a bare “ok”, or our own words."""
        is_blank = not self.inbound.text.strip()
        return not (
            self.replies
            or self.inbound.media
            or is_blank
            or may_opt_in(self.inbound.text)
            or self.meaning is not Meaning.UNREAD
            or says_something(self.reading)
        )

    @property
    def is_unplaced_red_flag(self) -> bool:
        """Whether it reports a red flag, and no enrollment can have an escalation for it."""
        is_red = self.reading.level is CheckInLevel.RED
        return is_red and not self.replies and self.meaning is Meaning.UNREAD

    @property
    def may_be_urgent(self) -> bool:
        """A picture or a “help” may be anything."""
        is_help = self.meaning is Meaning.HELP
        return self.reading.may_be_urgent or bool(self.inbound.media) or is_help


def open_tasks(
    uow: CheckInsUnitOfWork,
    stored: Sequence[Stored],
    text: UnderstoodText,
    handled: Collection[int],
) -> None:
    """`handled` are the clinics where no person needs to read the text besides."""
    for record, inbound_id in stored:
        is_handled = record.clinic_id in handled
        if record.clinic_id == UNKNOWN_CLINIC or not _is_left(text, is_handled=is_handled):
            continue
        task = _task(uow, record, text)
        if task is None or _is_repeated(uow, record, text, task):
            continue
        task_id = uow.inbound.open_task(record, inbound_id, task)
        uow.announce(TaskChanged(clinic_id=record.clinic_id, task_id=task_id))


def _is_left(text: UnderstoodText, *, is_handled: bool) -> bool:
    is_done = is_handled and not text.inbound.media and text.meaning is Meaning.UNREAD
    return not is_done and not text.says_nothing


def _is_repeated(
    uow: CheckInsUnitOfWork, record: NewInbound, text: UnderstoodText, task: InboundTask
) -> bool:
    """An automatic reply that comes again and again is one task.

    Two pictures differ, and the same answer may come from each of two patients with one phone. A
    text that may be an opt-out needs no task only if the open one holds messages.
    """
    if text.inbound.media or any(reply.is_ambiguous for reply in text.replies):
        return False
    return uow.recent_texts.repeats(
        record.clinic_id, text.inbound, by_holding_task=task.holds_sending
    )


_TITLES: Final = {
    Meaning.MAYBE_OPT_OUT: "May want no more messages: nothing is sent until you have decided",
    Meaning.OPT_IN: "Asks for messages again; record a new consent before enrolling further",
    Meaning.HELP: "Asks for help; call or answer",
    Meaning.UNREAD: "A patient has written; read and answer",
}


def _task(uow: CheckInsUnitOfWork, record: NewInbound, text: UnderstoodText) -> InboundTask | None:
    """Returns None if the text was a keyword that has been acted on."""
    if text.meaning is Meaning.OPT_OUT and not text.inbound.media:
        return _shared_opt_out_task(uow, record)
    deadline = reading_deadline(
        uow, record.clinic_id, text.owners, may_be_urgent=text.may_be_urgent
    )
    is_understood = text.meaning in (Meaning.OPT_IN, Meaning.OPT_OUT)
    is_good_news = is_relief(text.reading) and not text.inbound.media
    return InboundTask(
        kind=TaskKind.UNMATCHED_REPLY if record.owner is None else TaskKind.UNREAD_REPLY,
        title=_title(record, text),
        holds_sending=text.meaning is Meaning.MAYBE_OPT_OUT,
        due_at=uow.now() if text.is_unplaced_red_flag else deadline.due_at,
        escalates=deadline.escalates and not is_understood and not is_good_news,
    )


def _title(record: NewInbound, text: UnderstoodText) -> str:
    if text.inbound.media:
        return "Sent a picture, which is kept with the carrier; look there"
    if text.is_unplaced_red_flag:
        return "Writes of danger and follows no plan: call now"
    if record.owner is None and text.meaning is not Meaning.MAYBE_OPT_OUT:
        return "A reply that cannot be placed with one patient"
    return _TITLES[text.meaning]


def _shared_opt_out_task(uow: CheckInsUnitOfWork, record: NewInbound) -> InboundTask | None:
    """One patient opted out several who share the phone: staff must tell the others."""
    if record.owner is not None or not record.is_shared:
        return None
    return InboundTask(
        kind=TaskKind.OPTED_OUT,
        title="A number that several patients share has opted out",
        due_at=end_of_today(uow, record.clinic_id),
    )
