import msgspec

from services.contracts.words import CheckInLevel, Mode, TaskKind
from services.reminders.check_ins.domain.matched_reply import MatchedReply
from services.reminders.consent.domain.keywords import Meaning
from services.reminders.consent.domain.opt_out import AddressOwner


class NewInbound(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    sender_id: int | None
    mode: Mode
    person: AddressOwner | None
    is_shared: bool  # by several patients of the clinic
    meaning: Meaning
    heard: MatchedReply | None = (
        None  # its check-in is the one it is attached to, if there is no doubt
    )

    @property
    def understood_as(self) -> str:
        """The rule that applied."""
        if self.heard is None or not self.heard.is_taken:
            return str(self.meaning)
        if self.meaning is Meaning.UNREAD or self.heard.triage.level is CheckInLevel.RED:
            return f"CHECK_IN_{self.heard.triage.level}"
        return str(self.meaning)


class NewTask(msgspec.Struct, frozen=True):
    """`holds_sending`: until a person has seen to it, nothing goes to that address."""

    kind: TaskKind
    title: str
    holds_sending: bool = False
