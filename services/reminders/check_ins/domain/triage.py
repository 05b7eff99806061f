"""How bad an answer to a check-in is, by the rules of the plan it belongs to.

Only an option that was offered, said and nothing else, can be GREEN: whatever was written freely
is read for red flags, the worst wins, and what no rule knows is for a person to read.
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
    NO_SLIPS,
    NUMBERS,
    THERMOMETER,
)

INFECTION: Final = "INFECTION"
"""The sign that a temperature is."""

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
_SLIP_FROM: Final = 5  # letters a word has before another letter in it may be a slip
_TWO_SLIPS_FROM: Final = 9


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    """`rule` is the red flag's code, `choice` the value of the option, where there is one."""

    level: CheckInLevel
    rule: str | None = None
    choice: str | None = None


def worse(known: CheckInLevel, said: CheckInLevel) -> CheckInLevel:
    """The level after a further answer: what is understood replaces UNCLEAR, and the worst wins."""
    return max(known, said, key=_SEVERITY.__getitem__)


def classify(text: str, question: CheckInQuestion) -> Triage:
    """Rate an answer: its option if it is one, else the signs in it. A question is no good news."""
    clauses = _clauses(text)
    choice = _choice([word for clause in clauses for word in clause], question.options)
    found = read_signs(text, question)
    if choice is None or (choice.level is CheckInLevel.GREEN and "?" in text):
        return found or Triage(level=CheckInLevel.UNCLEAR)
    if found is not None and worse(choice.level, found.level) is not choice.level:
        return found
    return Triage(level=choice.level, choice=choice.value)


def read_signs(text: str, question: CheckInQuestion) -> Triage | None:
    """The worst sign in free text; None when there is none."""
    clauses = _clauses(text)
    found = [
        Triage(level=sign.level, rule=sign.code) for sign in question.signs if _shows(sign, clauses)
    ]
    if any(celsius >= question.fever_celsius for celsius in _temperatures(clauses)):
        found.append(Triage(level=CheckInLevel.RED, rule=INFECTION))
    return max(found, key=lambda one: _SEVERITY[one.level], default=None)


# ---------------------------------------------------------------- options
def _choice(words: Sequence[str], options: Sequence[CheckInChoice]) -> CheckInChoice | None:
    """The one option that a whole answer names: “2”, “two”, “a bit worse”, “2 a bit worse”."""
    bare = [word for word in words if word not in FILLERS]
    return next(
        (
            option
            for place, option in enumerate(options, start=1)
            if any(way in (words, bare) for way in _ways(place, option))
        ),
        None,
    )


def _ways(place: int, option: CheckInChoice) -> Iterator[Sequence[str]]:
    """How an option may be said. Values that are numbers are what counts, else its place is."""
    number = int(option.value) if option.value.isdecimal() else place
    short = [[str(number)], *([word] for word, means in NUMBERS.items() if means == number)]
    long = [_words(said) for said in (option.label, *option.words)]
    yield _words(option.value)
    yield from short
    yield from long
    yield from ([*first, *rest] for first in short for rest in long)


# ---------------------------------------------------------------- signs
def _shows(sign: Sign, clauses: Sequence[Sequence[str]]) -> bool:
    phrases = [_words(phrase) for phrase in sign.phrases]
    return any(_says(clause, phrase) for clause in clauses for phrase in phrases if phrase)


def _says(clause: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether a phrase stands in a clause, with one word between or slips of the pen at most.

    “no pus” does not say pus; “can not breathe” brings its own negation.
    """
    return any(
        _fits(clause, start, phrase) and not _is_denied(clause, start, phrase)
        for start in range(len(clause))
    )


def _fits(clause: Sequence[str], start: int, phrase: Sequence[str]) -> bool:
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
    return at < len(clause) and _means(clause[at], word)


def _is_denied(clause: Sequence[str], start: int, phrase: Sequence[str]) -> bool:
    """“no”, “without”, “don't have any” right before it."""
    if phrase[0] in NEGATIONS:
        return False
    before = [word for word in clause[:start] if word not in BREAKS]
    return bool(before) and before[-1] in NEGATIONS


def _means(written: str, word: str) -> bool:
    """The word itself, or it with a slip: long words only, and the first letter is right."""
    if written == word:
        return True
    shorter = min(len(written), len(word))
    if shorter < _SLIP_FROM - 1 or written[0] != word[0] or written in NO_SLIPS:
        return False
    if len(word) < _SLIP_FROM:
        return sorted(written) == sorted(word) or written == word + word[-1]
    return _distance(written, word) <= (2 if shorter >= _TWO_SLIPS_FROM else 1)


def _distance(one: str, other: str) -> int:
    """Letters put in, left out, mistaken or swapped with the next."""
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


# ---------------------------------------------------------------- temperatures
def _temperatures(clauses: Sequence[Sequence[str]]) -> Iterator[float]:
    """Temperatures of a body, in °C: a number with a unit, by a word like it, or nearly alone."""
    words = [word for clause in clauses for word in clause]
    is_about = len(words) <= _SHORT_ANSWER or not THERMOMETER.isdisjoint(words)
    for at, word in enumerate(words):
        if not word[0].isdecimal():
            continue
        unit = words[at + 1] if at + 1 < len(words) else ""
        if unit not in MEASURES and (is_about or unit in DEGREES or not word.isdecimal()):
            yield from _celsius(float(word.replace(",", ".")))


def _celsius(number: float) -> Iterator[float]:
    if 34 <= number <= 43:  # noqa: PLR2004 - no living body is colder or hotter, in °C
        yield number
    elif FAHRENHEIT_OF[0] <= number <= FAHRENHEIT_OF[1]:
        yield (number - 32) * 5 / 9


# ---------------------------------------------------------------- words
def _clauses(text: str) -> list[list[str]]:
    """Words by clause: a negation reaches no further than the next comma."""
    parts = re.split(r"[;:!?\n]|[.,](?!\d)|…", text)
    return [words for part in parts if (words := _words(part))]


def _words(text: str) -> list[str]:
    """Lower-case words without accents; numbers are words."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    bare = "".join(
        one for one in unicodedata.normalize("NFD", plain) if not unicodedata.combining(one)
    )
    return _WORD.findall(bare)
