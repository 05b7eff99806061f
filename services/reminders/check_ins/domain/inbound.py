from datetime import datetime

import msgspec

from services.contracts.words import Mode, TaskKind
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.consent.domain.keywords import Meaning
from services.reminders.consent.domain.opt_out import AddressOwner

UNKNOWN_CLINIC = 0
"""Holds texts that cannot be attributed to a clinic: no text is dropped."""


class NewInbound(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it is recorded with one clinic.

    `owner` is the patient who wrote it, if there is exactly one candidate. `is_shared`: several of
    the clinic's patients have this phone. `reply` has no check-in if it is unclear which one the
    text answers.
    """

    clinic_id: int
    sender_id: int | None
    mode: Mode
    owner: AddressOwner | None
    is_shared: bool
    meaning: Meaning
    reply: MatchedReply | None = None

    @property
    def understood_as(self) -> str:
        """The rule that applied, as it is stored."""
        if self.reply is None or not self.reply.counts:
            return str(self.meaning)
        if self.meaning is Meaning.UNREAD or self.reply.is_red:
            return f"CHECK_IN_{self.reply.level}"
        return str(self.meaning)


class InboundTask(msgspec.Struct, frozen=True, kw_only=True):
    """`holds_sending`: nothing is sent to that address until staff have completed the task.

    `escalates`: staff are alerted if the task is open when it is due.
    """

    kind: TaskKind
    title: str
    holds_sending: bool = False
    due_at: datetime
    escalates: bool = False
