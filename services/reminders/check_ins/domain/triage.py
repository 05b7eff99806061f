"""Rates an answer to a check-in by the rules of its plan.

Only an offered option that is the whole answer can be GREEN. Free text is searched for signs, and
the worst one counts. If no rule matches, a person has to read the answer.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.contracts.check_in_questions import CheckInChoice, CheckInQuestion, Sign
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.answer_words import (
    BREAKS,
    DEGREES,
    FAHRENHEIT_OF,
    FILLERS,
    MEASURES,
    NEGATIONS,
    NO_TYPOS,
    NUMBERS,
    THERMOMETER,
)

INFECTION: Final = "INFECTION"
"""The code of the sign that a fever counts as."""

_SEVERITY: Final = {
    CheckInLevel.WAITING: 0,
    CheckInLevel.UNREACHED: 0,
    CheckInLevel.UNCLEAR: 1,
    CheckInLevel.GREEN: 2,
    CheckInLevel.AMBER: 3,
    CheckInLevel.RED: 4,
}
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("'’`\u00b4"))
_SHORT_ANSWER: Final = 3
_TYPO_FROM: Final = 5  # letters in a word that may be misspelled
_TWO_TYPOS_FROM: Final = 9


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    """`rule` is the code of the sign and `choice` the value of the option, if one matched."""

    level: CheckInLevel
    rule: str | None = None
    choice: str | None = None


def worse(current: CheckInLevel, new: CheckInLevel) -> CheckInLevel:
    """The level after another answer: the worst one, where UNCLEAR is the least."""
    return max(current, new, key=_SEVERITY.__getitem__)


def classify(text: str, question: CheckInQuestion) -> Triage:
    """Rate an answer by its option, or by the signs in it. An answer with a “?” is never GREEN."""
    clauses = _clauses(text)
    choice = _choice([word for clause in clauses for word in clause], question.options)
    sign = read_signs(text, question)
    if choice is None or (choice.level is CheckInLevel.GREEN and "?" in text):
        return sign or Triage(level=CheckInLevel.UNCLEAR)
    if sign is not None and worse(choice.level, sign.level) is not choice.level:
        return sign
    return Triage(level=choice.level, choice=choice.value)


def read_signs(text: str, question: CheckInQuestion) -> Triage | None:
    """The worst sign in free text. Returns None if there is none."""
    clauses = _clauses(text)
    ratings = [
        Triage(level=sign.level, rule=sign.code)
        for sign in question.signs
        if _contains_sign(clauses, sign)
    ]
    if any(celsius >= question.fever_celsius for celsius in _temperatures(clauses)):
        ratings.append(Triage(level=CheckInLevel.RED, rule=INFECTION))
    return max(ratings, key=lambda rating: _SEVERITY[rating.level], default=None)


# ---------------------------------------------------------------- options
def _choice(words: Sequence[str], options: Sequence[CheckInChoice]) -> CheckInChoice | None:
    """The option that is the whole answer: “2”, “two”, “a bit worse”, “2 a bit worse”."""
    bare = [word for word in words if word not in FILLERS]
    return next(
        (
            option
            for place, option in enumerate(options, start=1)
            if any(form in (words, bare) for form in _forms(place, option))
        ),
        None,
    )


def _forms(place: int, option: CheckInChoice) -> Iterator[Sequence[str]]:
    """The forms an option may be answered in. Its number is its value, or else its place."""
    number = int(option.value) if option.value.isdecimal() else place
    short = [[str(number)], *([word] for word, value in NUMBERS.items() if value == number)]
    long = [_words(text) for text in (option.label, *option.words)]
    yield _words(option.value)
    yield from short
    yield from long
    yield from ([*first, *rest] for first in short for rest in long)


# ---------------------------------------------------------------- signs
def _contains_sign(clauses: Sequence[Sequence[str]], sign: Sign) -> bool:
    phrases = [_words(phrase) for phrase in sign.phrases]
    return any(_asserts(clause, phrase) for clause in clauses for phrase in phrases if phrase)


def _asserts(clause: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether a clause contains a phrase and does not deny it.

    One extra word between the words of the phrase is allowed, and so are typos. “no pus” denies
    pus; “can not breathe” contains its own negation.
    """
    return any(
        _starts_at(clause, start, phrase) and not _is_denied(clause, start, phrase)
        for start in range(len(clause))
    )


def _starts_at(clause: Sequence[str], start: int, phrase: Sequence[str]) -> bool:
    at = start
    for number, word in enumerate(phrase):
        if number and not _is_at(clause, at, word):
            if at < len(clause) and clause[at] in NEGATIONS:
                return False
            at += 1
        if not _is_at(clause, at, word):
            return False
        at += 1
    return True


def _is_at(clause: Sequence[str], at: int, word: str) -> bool:
    return at < len(clause) and _matches(clause[at], word)


def _is_denied(clause: Sequence[str], start: int, phrase: Sequence[str]) -> bool:
    """Whether “no”, “without” or “don't have any” stands right before the phrase."""
    if phrase[0] in NEGATIONS:
        return False
    before = [word for word in clause[:start] if word not in BREAKS]
    return bool(before) and before[-1] in NEGATIONS


def _matches(written: str, word: str) -> bool:
    """Whether it is the word, or a misspelling of a long word with the first letter right."""
    if written == word:
        return True
    shorter = min(len(written), len(word))
    if shorter < _TYPO_FROM - 1 or written[0] != word[0] or written in NO_TYPOS:
        return False
    if len(word) < _TYPO_FROM:
        return sorted(written) == sorted(word) or written == word + word[-1]
    return _distance(written, word) <= (2 if shorter >= _TWO_TYPOS_FROM else 1)


def _distance(written: str, word: str) -> int:
    """Count letters added, left out, replaced or swapped with the next one."""
    rows = [list(range(len(word) + 1))]
    for i, left in enumerate(written, start=1):
        row = [i]
        for j, right in enumerate(word, start=1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == word[j - 2] and written[i - 2] == right:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


# ---------------------------------------------------------------- temperatures
def _temperatures(clauses: Sequence[Sequence[str]]) -> Iterator[float]:
    """Body temperatures in °C: numbers with a unit, near a word like “fever”, or nearly alone."""
    words = [word for clause in clauses for word in clause]
    is_about = len(words) <= _SHORT_ANSWER or not THERMOMETER.isdisjoint(words)
    for at, word in enumerate(words):
        if not word[0].isdecimal():
            continue
        unit = words[at + 1] if at + 1 < len(words) else ""
        if unit not in MEASURES and (is_about or unit in DEGREES or not word.isdecimal()):
            yield from _celsius(float(word.replace(",", ".")))


def _celsius(number: float) -> Iterator[float]:
    if 34 <= number <= 43:  # noqa: PLR2004 - the range of body temperatures, in °C
        yield number
    elif FAHRENHEIT_OF[0] <= number <= FAHRENHEIT_OF[1]:
        yield (number - 32) * 5 / 9


# ---------------------------------------------------------------- words
def _clauses(text: str) -> list[list[str]]:
    """Words by clause. A negation applies only up to the next comma."""
    parts = re.split(r"[;:!?\n]|[.,](?!\d)|…", text)
    return [words for part in parts if (words := _words(part))]


def _words(text: str) -> list[str]:
    """Split into words and numbers, in lower case and without accents."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    decomposed = unicodedata.normalize("NFD", plain)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _WORD.findall(bare)
