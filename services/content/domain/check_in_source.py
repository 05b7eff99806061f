"""What authors write about check-ins: the question of a step, and what a plan answers."""

from enum import StrEnum

from services.content.domain.written import Email, Phrases, Text, Written


class AnswerLevel(StrEnum):
    """What an answer says of a patient: all is well, look today, act now."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"


class ChoiceSource(Written, frozen=True, kw_only=True):
    """`value` is what to type for it; `words` say the same."""

    value: str
    label: Text
    level: AnswerLevel
    words: Phrases = {}  # noqa: RUF012 - msgspec gives each its own


class CheckInSource(Written, frozen=True, kw_only=True):
    """`nudge_after` and `close_after` count from when the question was sent."""

    question: Text
    options: tuple[ChoiceSource, ...]
    nudge_after: str
    close_after: str


class RepliesSource(Written, frozen=True, kw_only=True):
    """What an answer of each level is answered; sent by SMS (its `text`) or by email."""

    green: Email
    amber: Email
    red: Email
    unclear: Email


class NudgeSource(Written, frozen=True, kw_only=True):
    sms: Text | None = None
    email: Email | None = None


class CheckInTexts(Written, frozen=True, kw_only=True):
    """What every check-in of a plan says besides its question; all of it is discreet."""

    replies: RepliesSource
    nudge: NudgeSource
