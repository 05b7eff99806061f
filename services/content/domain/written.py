"""The basic types of what authors write, and what they write about check-ins."""

from enum import StrEnum
from typing import Annotated

import msgspec


class Translatable:
    """Marks a field that is translated."""


class Markup:
    """Marks a field written in Markdown."""


Text = Annotated[str, Translatable()]
Markdown = Annotated[str, Translatable(), Markup()]
Words = tuple[Text, ...]
SourceKeys = tuple[str, ...]
Phrases = dict[str, tuple[str, ...]]
"""What patients write, by language. All count, whatever language the patient reads."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all that authors write."""


class Email(Written, frozen=True, kw_only=True):
    subject: Text
    text: Text


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
    words: Phrases = {}


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
