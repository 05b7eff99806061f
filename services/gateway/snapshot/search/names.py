"""Finds entries by their names, with tolerance for typing errors.

A name matches if every word of the query matches one of its words: exactly, as a prefix, or with a
few typing errors, more for longer words. Look-alikes stay apart: a name with a qualifier that
changes its meaning, such as *micro* or *non*, matches only a query with that qualifier.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.gateway.snapshot.search.tokens import tokens, tokens_split_at_hyphens

_QUALIFIERS: Final = frozenset({"micro", "non", "no", "sub", "un"})
_QUALIFYING_PREFIXES: Final = ("micro", "non")
_SHORTEST_PREFIX: Final = 3
_SHORTEST_MISTYPED: Final = 4
_TWO_ERRORS_FROM: Final = 8

_EXACT: Final = 1.0
_PREFIX: Final = 0.9
_TYPING_ERRORS: Final = (_EXACT, 0.8, 0.7)
_LAST_CHARACTER: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an entry. `weight` is less than 1 for an alias or a common misspelling."""

    entry: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class NameHit:
    """`score` is 1 for an exact match, and less for a partial or mistyped one."""

    name: Name
    score: float


class NameIndex:
    """An index of all spellings of all names, by word."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._spellings: list[tuple[Name, tuple[str, ...]]] = [
            (name, spelling) for name in names for spelling in _spellings(name.text)
        ]
        self._by_word: dict[str, list[int]] = {}
        for number, (_, spelling) in enumerate(self._spellings):
            for word in dict.fromkeys(spelling):
                self._by_word.setdefault(word, []).append(number)
        self._words = sorted(self._by_word)

    def find(self, query: Sequence[str]) -> Iterator[NameHit]:
        """Yield the names that match all words; the same name may come more than once."""
        if not query:
            return
        near = [self._near(word) for word in query]
        for number in self._with_all(near):
            name, spelling = self._spellings[number]
            if _has_other_qualifier(spelling, query, near):
                continue
            scores = [max(matches.get(word, 0.0) for word in spelling) for matches in near]
            share = min(1.0, len(query) / len(spelling))
            score = name.weight * (sum(scores) / len(scores)) * (0.6 + 0.4 * share)
            yield NameHit(name, score)

    def _near(self, word: str) -> dict[str, float]:
        """Return the indexed words that match a typed word, with the score of each match."""
        near = {indexed: _TYPING_ERRORS[errors] for indexed, errors in self._mistyped(word)}
        near |= dict.fromkeys(self._with_prefix(word), _PREFIX)
        if word in self._by_word:
            near[word] = _EXACT
        return near

    def _mistyped(self, word: str) -> Iterator[tuple[str, int]]:
        allowed = _errors_allowed(word)
        if allowed:
            for indexed, errors, _ in process.extract(
                word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=None
            ):
                if _qualifier(word) == _qualifier(indexed):
                    yield indexed, int(errors)

    def _with_prefix(self, word: str) -> Sequence[str]:
        if len(word) < _SHORTEST_PREFIX:
            return ()
        start = bisect_left(self._words, word)
        return self._words[start : bisect_left(self._words, word + _LAST_CHARACTER, start)]

    def _with_all(self, near: Sequence[Mapping[str, float]]) -> list[int]:
        numbers = [
            {number for word in matches for number in self._by_word[word]} for matches in near
        ]
        return sorted(set.intersection(*numbers)) if numbers else []


def _errors_allowed(word: str) -> int:
    if len(word) < _SHORTEST_MISTYPED or word.isdigit():
        return 0
    return 2 if len(word) >= _TWO_ERRORS_FROM else 1


def _qualifier(word: str) -> str | None:
    return next((prefix for prefix in _QUALIFYING_PREFIXES if word.startswith(prefix)), None)


def _has_other_qualifier(
    spelling: Sequence[str], query: Sequence[str], near: Sequence[Mapping[str, float]]
) -> bool:
    """Whether the name has a qualifier before a matched word that the query does not have."""
    return any(
        before in _QUALIFIERS and before not in query and any(word in matches for matches in near)
        for before, word in pairwise(spelling)
    )


def _spellings(text: str) -> set[tuple[str, ...]]:
    """Return the name with hyphens joined, with hyphens split, and as one word."""
    joined, split = tuple(tokens(text)), tuple(tokens_split_at_hyphens(text))
    spellings = {joined, split}
    if 1 < len(split) <= 3:  # noqa: PLR2004 - nobody writes longer names as one word
        spellings.add(("".join(split),))
    return {spelling for spelling in spellings if spelling}
