"""Rules for reading replies, as a release holds them."""

from collections.abc import Mapping
from typing import Final

import msgspec

from services.contracts.words import CheckInLevel

Words = tuple[str, ...]
"""Words or phrases in lower case, without accents and apostrophes.

“*” ends a stem, “#” is a number.
"""

WORD_SEPARATOR: Final = ", "
"""Between the words of one weight in weights.yaml."""
OTHER_SIGNS: Final = ("HELP", "CRISIS", "COMPLAINT")
"""Signs that are no red flag: a cry for help, thoughts of death, and “something is wrong”."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the rules."""


class SignRule(Rule, frozen=True, kw_only=True):
    """`sign` is the code of a red flag, or one of `OTHER_SIGNS`. `says` completes “the writer …”.

    A pattern is a row of concepts, in upper case, and of phrases, in lower case.
    """

    sign: str
    says: str
    level: CheckInLevel
    patterns: Words
    unless: Words = ()


class ReliefWords(Rule, frozen=True, kw_only=True):
    relief: Words
    harmless: Words
    spoils: Words
    thanks: Words


class RefusalWords(Rule, frozen=True, kw_only=True):
    """`only_in`: the countries, ISO 3166-1, where a keyword is one."""

    fillers: Words
    keywords: Words
    only_in: Mapping[str, Words] = {}
    concepts: Mapping[str, Words]
    plain: Words
    held: Words
    never: Words


class Marks(Rule, frozen=True, kw_only=True):
    """Emoji and emoticons by the word they stand for, and what phones add to a text."""

    emoji: Mapping[str, Words]
    emoticons: Mapping[str, Words]
    liked: Words
    unsure: Words
    signatures: Words
    quotes: Words


class WordWeights(Rule, frozen=True, kw_only=True):
    """Weights of words in the logarithm of the odds of danger, counted from labeled texts.

    A text counts as danger from the probability `certain` on.
    """

    weights: Mapping[str, float]
    bias: float
    certain: float


class ReadingRules(Rule, frozen=True, kw_only=True):
    """All rules of one release, of all languages together: people mix them.

    Releases before 0.2.0 have no words of danger.
    """

    concepts: Mapping[str, Words]
    signs: tuple[SignRule, ...]
    relief: ReliefWords
    refusals: RefusalWords
    marks: Marks
    word_weights: WordWeights | None = None
