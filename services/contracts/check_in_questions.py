"""What a step asks a patient, and how the answer is to be understood: rules of the release."""

import msgspec

from services.contracts.words import CheckInLevel

FEVER_CELSIUS = 38.0


class Asked(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A published part of a question."""


class CheckInChoice(Asked, frozen=True, kw_only=True):
    """One answer to choose: `value` is what to type, `words` are other ways to say it.

    `level` is GREEN, AMBER or RED. `words` are whole answers in any language, in lower case.
    """

    value: str
    label: str
    level: CheckInLevel
    words: tuple[str, ...] = ()


class Sign(Asked, frozen=True, kw_only=True):
    """What patients write when they have a red flag, in any language, in lower case.

    `code` is the red flag's; `level` is RED or AMBER. Each phrase counts wherever it stands.
    """

    code: str
    level: CheckInLevel
    phrases: tuple[str, ...]


class AnswerText(Asked, frozen=True, kw_only=True):
    """A template of an answer to a patient, discreet; `subject` is for email only."""

    text: str
    subject: str


class CheckInReplies(Asked, frozen=True, kw_only=True):
    """What a patient is told for an answer of each level. `red` is the safety text."""

    green: AnswerText
    amber: AnswerText
    red: AnswerText
    unclear: AnswerText


class Nudge(Asked, frozen=True, kw_only=True):
    """What is sent once to a patient who keeps silent, on the channel that asked; discreet."""

    sms: str | None = None
    email: AnswerText | None = None


class CheckInQuestion(Asked, frozen=True, kw_only=True):
    """A question with its answers; durations are ISO 8601, counted from when it was sent.

    Free text is rated by `signs`, the worst wins, and is never GREEN: what nothing matches is
    UNCLEAR. A temperature of `fever_celsius` or more is the sign INFECTION.
    Templates here may use what a step's may, and check_in_options and check_in_url.
    """

    question: str
    options: tuple[CheckInChoice, ...]
    signs: tuple[Sign, ...]
    fever_celsius: float = FEVER_CELSIUS
    nudge_after: str
    close_after: str
    replies: CheckInReplies
    nudge: Nudge
