"""Where a match stands in its sentence, which its scope is decided from."""

from collections.abc import Sequence

import msgspec

from services.reading.patterns import Occurrences, Span


class Place(msgspec.Struct, frozen=True):
    """`first` and `last` are words of the match; `start` and `end` bound its sentence."""

    covered: frozenset[int]
    first: int
    last: int
    start: int
    end: int


def place_of(spans: Sequence[Span], occurrences: Occurrences) -> Place:
    covered = frozenset(at for start, end in spans for at in range(start, end))
    first = min(covered)
    start, end = _sentence(occurrences.sentences, first)
    return Place(covered, first, max(covered), start, end)


def _sentence(numbers: Sequence[int], at: int) -> Span:
    start = end = at
    while start and numbers[start - 1] == numbers[at]:
        start -= 1
    while end < len(numbers) and numbers[end] == numbers[at]:
        end += 1
    return start, end
