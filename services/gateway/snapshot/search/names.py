"""Finding an entry by what it is called, however it is spelled.

A name matches when every word sought is one of its words: the same, the beginning of it, or a
slip of the keyboard away. How far a slip may be grows with the word. What parts look-alikes is
kept: a name with a word that turns its meaning, as *micro* or *non*, is matched only by a query
that says so.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.gateway.snapshot.search.words import parted, words

_TURNING: Final = frozenset({"micro", "non", "no", "sub", "un"})
_TURNING_BEGINNINGS: Final = ("micro", "non")
_SHORTEST_BEGINNING: Final = 3
_SHORTEST_SLIP: Final = 4
_TWO_SLIPS_FROM: Final = 8

_EXACT: Final = 1.0
_BEGINNING: Final = 0.9
_SLIPS: Final = (_EXACT, 0.8, 0.7)
_LAST_CHARACTER: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Name:
    """A way to call an entry. `weight` is less than 1 for a misspelling that is known."""

    entry: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class NameHit:
    """`score` is 1 for the name itself, and less for parts of it and for slips."""

    name: Name
    score: float


class NameIndex:
    """Every spelling of every name, by its words."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._spellings: list[tuple[Name, tuple[str, ...]]] = [
            (name, spelling) for name in names for spelling in _spellings(name.text)
        ]
        self._by_word: dict[str, list[int]] = {}
        for number, (_, spelling) in enumerate(self._spellings):
            for word in dict.fromkeys(spelling):
                self._by_word.setdefault(word, []).append(number)
        self._words = sorted(self._by_word)

    def find(self, sought: Sequence[str]) -> Iterator[NameHit]:
        """The names that have all the words sought; the same name may come more than once."""
        if not sought:
            return
        near = [self._near(word) for word in sought]
        for number in self._with_all(near):
            name, spelling = self._spellings[number]
            if _is_turned(spelling, sought, near):
                continue
            found = [max(each.get(word, 0.0) for word in spelling) for each in near]
            share = min(1.0, len(sought) / len(spelling))
            score = name.weight * (sum(found) / len(found)) * (0.6 + 0.4 * share)
            yield NameHit(name, score)

    def _near(self, word: str) -> dict[str, float]:
        """The words of names that may be meant by one that was typed."""
        near = {known: _SLIPS[slips] for known, slips in self._slips(word)}
        near |= dict.fromkeys(self._beginning(word), _BEGINNING)
        if word in self._by_word:
            near[word] = _EXACT
        return near

    def _slips(self, word: str) -> Iterator[tuple[str, int]]:
        allowed = _slips_allowed(word)
        if allowed:
            for known, slips, _ in process.extract(
                word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=None
            ):
                if _turns(word) == _turns(known):
                    yield known, int(slips)

    def _beginning(self, word: str) -> Sequence[str]:
        if len(word) < _SHORTEST_BEGINNING:
            return ()
        start = bisect_left(self._words, word)
        return self._words[start : bisect_left(self._words, word + _LAST_CHARACTER, start)]

    def _with_all(self, near: Sequence[Mapping[str, float]]) -> list[int]:
        places = [{n for word in each for n in self._by_word[word]} for each in near]
        return sorted(set.intersection(*places)) if places else []


def _slips_allowed(word: str) -> int:
    if len(word) < _SHORTEST_SLIP or word.isdigit():
        return 0
    return 2 if len(word) >= _TWO_SLIPS_FROM else 1


def _turns(word: str) -> str | None:
    return next((each for each in _TURNING_BEGINNINGS if word.startswith(each)), None)


def _is_turned(
    spelling: Sequence[str], sought: Sequence[str], near: Sequence[Mapping[str, float]]
) -> bool:
    """Whether the name says *non* or *micro* before a word sought, and the query does not."""
    return any(
        before in _TURNING and before not in sought and any(word in each for each in near)
        for before, word in pairwise(spelling)
    )


def _spellings(text: str) -> set[tuple[str, ...]]:
    """With hyphens joined, with hyphens parted, and with the whole name in one word."""
    joined, apart = tuple(words(text)), tuple(parted(text))
    found = {joined, apart}
    if 1 < len(apart) <= 3:  # noqa: PLR2004 - longer names nobody writes in one word
        found.add(("".join(apart),))
    return {each for each in found if each}
