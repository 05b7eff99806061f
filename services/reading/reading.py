"""Reads a reply: red flags, an answer, good news, a refusal, or nothing that rules understand.

Signs, numbers and the chosen option are rated, and the worst rating counts. Only a text without
any of them can be thanks or plainly good news.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from services.contracts.check_in_questions import CheckInChoice
from services.contracts.reading_rules import ReadingRules
from services.contracts.words import CheckInLevel
from services.reading.classifier import RedFlagClassifier, features
from services.reading.cleaning import Cleaner, Reaction, fold, tokens
from services.reading.concepts import SIGN_CONCEPTS
from services.reading.number_words import fold_numbers, is_number
from services.reading.options import choice
from services.reading.pain_scores import pain_scores
from services.reading.patterns import Lexicon, Occurrences
from services.reading.refusals import Refusal, RefusalReader
from services.reading.relief import ReliefReader
from services.reading.scope import Standing
from services.reading.signs import SignMatch, SignReader
from services.reading.spelling import Speller
from services.reading.temperatures import temperatures
from services.reading.word_lists import WordLists, without_lists

FEVER: Final = "INFECTION"
"""The code of the sign that a fever counts as."""
CRISIS: Final = "CRISIS"
_REFUSES: Final = {
    Refusal.OPT_OUT: "wants no more messages",
    Refusal.HELD: "may want no more messages",
}

_SEVERE_PAIN: Final = 7
_SOME_PAIN: Final = 4
_SEVERITY: Final = {
    CheckInLevel.WAITING: 0,
    CheckInLevel.UNREACHED: 0,
    CheckInLevel.UNCLEAR: 1,
    CheckInLevel.GREEN: 2,
    CheckInLevel.AMBER: 3,
    CheckInLevel.RED: 4,
}


Rating = tuple[CheckInLevel, str | None, str]
"""Level, code of the sign, and reason."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a text is understood.

    `level` is None if the text is no answer at all: thanks, a like, a bare “ok”. `rule` is the code
    of the worst sign, and `choice` the value of the option. `may_be_urgent`: the text names a sign,
    has a number that could be one, or a word that nobody knows.
    """

    level: CheckInLevel | None
    rule: str | None = None
    choice: str | None = None
    refusal: Refusal = Refusal.NONE
    may_be_urgent: bool = False
    reasons: tuple[str, ...] = ()


def worse(current: CheckInLevel, new: CheckInLevel) -> CheckInLevel:
    """The level after another answer: the worst one, where UNCLEAR is the least."""
    return max(current, new, key=_SEVERITY.__getitem__)


class ReplyReader:
    """The rules of one release, compiled once."""

    def __init__(self, rules: ReadingRules, known_words: Container[str]) -> None:
        self._cleaner = Cleaner(rules.marks)
        self._signs = SignReader(rules.signs)
        sign_words = {
            "SIGN_WORD": tuple(
                word for concept in SIGN_CONCEPTS for word in rules.concepts[concept]
            )
        }
        self._lists = WordLists(rules.concepts)
        self._lexicon = Lexicon(
            {**without_lists(rules.concepts), **sign_words},
            self._lists,
            (*self._signs.patterns, *self._signs.exceptions),
        )
        self._classifier = RedFlagClassifier(rules.word_weights) if rules.word_weights else None
        self._refusals = RefusalReader(rules.refusals, self._lists)
        self._relief = ReliefReader(rules.relief, self._lists)
        vocabulary = self._lexicon.vocabulary | self._refusals.vocabulary | self._relief.vocabulary
        self._speller = Speller(vocabulary, known_words)

    def read(
        self,
        text: str,
        options: Sequence[CheckInChoice] = (),
        *,
        fever_celsius: float = 38.0,
        own_texts: Iterable[str] = (),
        countries: Collection[str] = (),
    ) -> Reading:
        """Read one text. `own_texts` are messages of ours that the writer may quote."""
        cleaned = self._cleaner.clean(text, own_texts)
        if cleaned.reaction is not None:
            return _reaction(cleaned.reaction)
        words = self._words(cleaned.text)
        if not words:
            return Reading(level=None, reasons=("says nothing",))
        refusal = self._refusals.read(words, countries)
        occurrences = self._lexicon.find(words)
        signs = list(self._signs.read(occurrences))
        ratings = [*_affirmed(signs), *_numbers(occurrences, fever_celsius)]
        option, besides = choice(occurrences, _folded(tuple(options)))
        if option is not None:
            ratings.append(self._chosen(option, besides, refusal))
        if not ratings and refusal is Refusal.NONE and (reading := self._kind_words(words)):
            return reading
        ratings.extend(self._worded_like_red_flags(occurrences, signs, ratings))
        unknown = self._unknown(words)
        level, rule = _worst(ratings)
        is_chosen = option is not None and option.level is level and rule is None
        return Reading(
            level=level,
            rule=rule,
            choice=option.value if option is not None and is_chosen else None,
            refusal=refusal,
            may_be_urgent=bool(signs or unknown) or any(is_number(word) for word in words),
            reasons=_reasons(ratings, signs, refusal, unknown),
        )

    def features(self, text: str) -> frozenset[str]:
        """What the classifier weighs in a text."""
        words = self._words(self._cleaner.clean(text).text)
        return frozenset(features(self._lexicon.find(words)))

    def signs(self, text: str) -> list[SignMatch]:
        """Every sign that the text names, with those that do not count."""
        words = self._words(self._cleaner.clean(text).text)
        return list(self._signs.read(self._lexicon.find(words)))

    def _words(self, text: str) -> list[str]:
        return fold_numbers([self._speller.correct(word) for word in tokens(text)], self._lists)

    def _chosen(self, option: CheckInChoice, besides: Sequence[str], refusal: Refusal) -> Rating:
        """A GREEN option is GREEN only if nothing besides it and a refusal says otherwise."""
        reason = f"chooses “{option.label}”"
        if option.level is not CheckInLevel.GREEN:
            return option.level, None, reason
        if refusal is not Refusal.NONE:
            besides = self._refusals.besides(besides)
        if "?" in besides or not self._relief.is_harmless(besides):
            return CheckInLevel.UNCLEAR, None, f"{reason}, and says more"
        return CheckInLevel.GREEN, None, reason

    def _worded_like_red_flags(
        self, occurrences: Occurrences, signs: Iterable[SignMatch], ratings: Iterable[Rating]
    ) -> Iterator[Rating]:
        """What a rule has found decides: RED needs no help, and a denied sign is none."""
        if self._classifier is None or any(
            level in (CheckInLevel.RED, CheckInLevel.GREEN) for level, _, _ in ratings
        ):
            return
        if any(sign.standing is not Standing.AFFIRMED for sign in signs):
            return
        if words := self._classifier.resembling(occurrences):
            shown = ", ".join(f"“{word}”" for word in words)
            yield CheckInLevel.RED, None, f"is worded like reports of danger: {shown}"

    def _kind_words(self, words: Sequence[str]) -> Reading | None:
        if self._relief.is_thanks(words):
            return Reading(level=None, reasons=("is thanks or a greeting, and no answer",))
        if self._relief.is_good_news(words):
            return Reading(level=CheckInLevel.GREEN, reasons=("is plainly good news",))
        return None

    def _unknown(self, words: Sequence[str]) -> list[str]:
        return [word for word in words if word.isalpha() and not self._speller.is_known(word)]


@lru_cache(maxsize=1_000)
def _folded(options: tuple[CheckInChoice, ...]) -> tuple[CheckInChoice, ...]:
    return tuple(
        msgspec.structs.replace(
            option,
            label=" ".join(tokens(fold(option.label))),
            words=tuple(" ".join(tokens(fold(word))) for word in option.words),
        )
        for option in options
    )


def _reaction(reaction: Reaction) -> Reading:
    if reaction is Reaction.LIKED:
        return Reading(level=None, reasons=("liked a message",))
    return Reading(
        level=CheckInLevel.UNCLEAR, reasons=("marked a message, and a person must ask why",)
    )


def _affirmed(signs: Iterable[SignMatch]) -> list[Rating]:
    return [
        (sign.rule.level, sign.rule.sign, f"{sign.rule.says}: “{sign.words}”")
        for sign in signs
        if sign.standing is Standing.AFFIRMED
    ]


def _not_counted(signs: Iterable[SignMatch]) -> list[str]:
    return [
        f"{sign.rule.says}, but {sign.standing.lower()}: “{sign.words}”"
        for sign in signs
        if sign.standing is not Standing.AFFIRMED
    ]


def _reasons(
    ratings: Sequence[Rating],
    signs: Iterable[SignMatch],
    refusal: Refusal,
    unknown: Sequence[str],
) -> tuple[str, ...]:
    reasons = [*(reason for _, _, reason in ratings), *_not_counted(signs)]
    if refusal in _REFUSES:
        reasons.append(_REFUSES[refusal])
    if not ratings and unknown:
        reasons.append("has words that nobody knows: " + ", ".join(unknown))
    return tuple(dict.fromkeys(reasons)) or ("matches no rule",)


def _worst(ratings: Sequence[Rating]) -> tuple[CheckInLevel, str | None]:
    """The level and sign of the worst rating. A crisis comes before other signs."""
    if not ratings:
        return CheckInLevel.UNCLEAR, None
    level, sign, _ = max(ratings, key=lambda rating: (_SEVERITY[rating[0]], rating[1] == CRISIS))
    return level, sign


def _numbers(occurrences: Occurrences, fever_celsius: float) -> list[Rating]:
    ratings: list[Rating] = []
    fever = max(temperatures(occurrences), default=0.0)
    if fever >= fever_celsius - 0.04:  # 100.4 °F is 38.0 °C
        ratings.append((CheckInLevel.RED, FEVER, f"has a temperature of {fever:.1f} °C"))
    score = max(pain_scores(occurrences), default=0.0)
    if score >= _SEVERE_PAIN:
        ratings.append((CheckInLevel.RED, "PAIN", f"scores the pain {score:g} of 10"))
    elif score >= _SOME_PAIN:
        ratings.append((CheckInLevel.AMBER, "PAIN", f"scores the pain {score:g} of 10"))
    return ratings
