"""The types of the rules for reading replies, as authors write them in the folder `replies`.

Words are in every language that patients write, whatever language they read. People mix them, so
compiling puts the languages together.
"""

from services.content.domain.written import Phrases, Written
from services.contracts.words import CheckInLevel

Patterns = tuple[str, ...]
"""Each is a row of concepts, in upper case, and of phrases, in lower case."""


class SignSource(Written, frozen=True, kw_only=True):
    """`says` completes “the writer …”. A match that overlaps one of `unless` does not count.

    The checker reads the examples, which must be rated by this rule, and the counterexamples, which
    must not be.
    """

    sign: str
    says: str
    level: CheckInLevel
    any: Patterns
    unless: Patterns = ()
    examples: Phrases = {}  # noqa: RUF012 - msgspec copies it
    counterexamples: Phrases = {}  # noqa: RUF012 - msgspec copies it


class ReliefFile(Written, frozen=True, kw_only=True):
    relief: Phrases
    harmless: Phrases
    spoils: Phrases
    thanks: Phrases


class RefusalsFile(Written, frozen=True, kw_only=True):
    """`only_in` has the countries where a keyword is one. `words` are concepts of the patterns."""

    fillers: tuple[str, ...]
    keywords: Phrases
    only_in: dict[str, tuple[str, ...]]
    words: dict[str, Phrases]
    plain: Patterns
    held: Patterns
    never: tuple[str, ...]


class ReactionPhrases(Written, frozen=True, kw_only=True):
    liked: tuple[str, ...]
    unsure: tuple[str, ...]


class MarksFile(Written, frozen=True, kw_only=True):
    """`emoji` are separated by spaces."""

    emoji: dict[str, str]
    emoticons: dict[str, tuple[str, ...]]
    reactions: ReactionPhrases
    signatures: tuple[str, ...]
    quotes: tuple[str, ...]


class WeightsFile(Written, frozen=True, kw_only=True):
    """What `afterglow replies learn` writes: each weight with its words, separated by commas."""

    certain: float
    bias: float
    weights: dict[str, str]


class RulesSource(Written, frozen=True, kw_only=True):
    """All files of the folder."""

    words: dict[str, Phrases]
    signs: tuple[SignSource, ...]
    refusals: RefusalsFile
    relief: ReliefFile
    marks: MarksFile
    word_weights: WeightsFile
