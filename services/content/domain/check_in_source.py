"""What authors write about check-ins: the question of a step, and a plan's replies."""

from enum import StrEnum

from services.content.domain.written import Email, Phrases, Text, Written


class AnswerLevel(StrEnum):
    """How a patient is: well, in need of a look today, or in need of help now."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"


class ChoiceSource(Written, frozen=True, kw_only=True):
    """The patient types `value`, or any of `words`."""

    value: str
    label: Text
    level: AnswerLevel
    words: Phrases = {}  # noqa: RUF012 - msgspec copies it


class CheckInSource(Written, frozen=True, kw_only=True):
    """`nudge_after` and `close_after` count from the time the question was sent."""

    question: Text
    options: tuple[ChoiceSource, ...]
    nudge_after: str
    close_after: str


class RepliesSource(Written, frozen=True, kw_only=True):
    """The reply to an answer of each level. By SMS only its `text` is sent."""

    green: Email
    amber: Email
    red: Email
    unclear: Email


class NudgeSource(Written, frozen=True, kw_only=True):
    sms: Text | None = None
    email: Email | None = None


class CheckInTexts(Written, frozen=True, kw_only=True):
    """The texts of every check-in of a plan besides its question. All must be discreet."""

    replies: RepliesSource
    nudge: NudgeSource
