"""What a step asks a patient, and how to understand the answer."""

import msgspec

from services.contracts.words import CheckInLevel

FEVER_CELSIUS = 38.0


class Asked(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A published part of a question."""


class CheckInChoice(Asked, frozen=True, kw_only=True):
    """An answer to choose. Patients type `value`, or any of `words`.

    `level` is GREEN, AMBER or RED. `words` are whole answers in any language, in lower case.
    """

    value: str
    label: str
    level: CheckInLevel
    words: tuple[str, ...] = ()


class Sign(Asked, frozen=True, kw_only=True):
    """What patients write when they have a red flag, in any language, in lower case.

    `code` is the red flag's, `level` is RED or AMBER. A phrase counts anywhere in a text.
    """

    code: str
    level: CheckInLevel
    phrases: tuple[str, ...]


class AnswerText(Asked, frozen=True, kw_only=True):
    """A template of a reply to a patient, which must be discreet. `subject` is for email only."""

    text: str
    subject: str


class CheckInReplies(Asked, frozen=True, kw_only=True):
    """The replies to answers of each level. `red` is the safety text."""

    green: AnswerText
    amber: AnswerText
    red: AnswerText
    unclear: AnswerText


class Nudge(Asked, frozen=True, kw_only=True):
    """A reminder to a patient who has not answered, on the same channel. It must be discreet."""

    sms: str | None = None
    email: AnswerText | None = None


class CheckInQuestion(Asked, frozen=True, kw_only=True):
    """A question with its answers. Durations are ISO 8601 and count from the time it was sent.

    Free text is rated by the rules for replies of the current release, and not by `signs`, which
    processes of the last release read. A temperature of `fever_celsius` or more is the sign
    INFECTION. Templates may use the variables of
    a step, and check_in_options and check_in_url.
    """

    question: str
    options: tuple[CheckInChoice, ...]
    signs: tuple[Sign, ...]
    fever_celsius: float = FEVER_CELSIUS
    nudge_after: str
    close_after: str
    replies: CheckInReplies
    nudge: Nudge
