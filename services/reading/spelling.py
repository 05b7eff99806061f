"""Finds the word of the rules that a misspelled word stands for.

A word of the rules or of a dictionary stays. Others are mended by their Spanish base or sound, and
else by the optimal string alignment distance: one slip, or two in a long word.
"""

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_CORRECTED_FROM: Final = 4  # letters
_ONE_SLIP_FROM: Final = 5
_TWO_SLIPS_FROM: Final = 8
_SHORTEST_STEM: Final = 3


class Speller:
    """`words` are those of the rules; a typed word that is in `known` is never corrected."""

    def __init__(self, words: Iterable[str], dictionary: Container[str]) -> None:
        self._words = frozenset(words)
        self._dictionary = dictionary
        by_length: dict[int, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= _CORRECTED_FROM and word.isalpha():
                by_length.setdefault(len(word), []).append(word)
        self._by_length = by_length
        self._by_sound = {_sound(word): word for words in by_length.values() for word in words}
        self.correct = lru_cache(maxsize=10_000)(self._correct)

    def is_known(self, word: str) -> bool:
        return word in self._words or word in self._dictionary

    def _correct(self, word: str) -> str:
        """The word itself if it is one, or if no word of the rules is near."""
        if len(word) < _CORRECTED_FROM or not word.isalpha() or self.is_known(word):
            return word
        for candidate in (_without_runs(word), *_bases(word)):
            if candidate != word and self.is_known(candidate):
                return candidate
        if any(base in self._dictionary and base not in self._words for base in _inflected(word)):
            return word
        alike = self._by_sound.get(_sound(word))
        if alike is not None:
            return alike
        most = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        candidates = [
            candidate
            for length in range(len(word) - most, len(word) + most + 1)
            for candidate in self._by_length.get(length, ())
            if candidate[0] == word[0] or _is_swapped(word, candidate)
        ]
        near = extract(word, candidates, scorer=OSA.distance, score_cutoff=most, limit=3)
        fitting = [match for match in near if match[1] <= _slips(word, match[0])]
        return min(fitting, key=lambda match: match[1])[0] if fitting else word


def _slips(word: str, candidate: str) -> int:
    shorter = min(len(word), len(candidate))
    if shorter < _ONE_SLIP_FROM:
        return (
            1
            if sorted(word) == sorted(candidate) or len(word) > len(candidate) >= _CORRECTED_FROM
            else 0
        )
    return 2 if shorter >= _TWO_SLIPS_FROM else 1


def _is_swapped(word: str, candidate: str) -> bool:
    return word[:2] == candidate[1::-1]


def _without_runs(word: str) -> str:
    """“hurtss” → “hurts”."""
    return "".join(
        character for at, character in enumerate(word) if at == 0 or character != word[at - 1]
    )


_SUFFIXES: Final = (
    *("isimos", "isimas", "isimo", "isima", "citos", "citas", "cito", "cita"),
    *("itos", "itas", "ito", "ita", "otes", "otas", "ote", "ota", "azos", "azo"),
)
_ENDINGS: Final = ("", "o", "a", "os", "as", "e")


def _bases(word: str) -> Iterator[str]:
    """What a Spanish diminutive, augmentative or superlative is made of: “hinchadísima”."""
    for suffix in _SUFFIXES:
        stem = word.removesuffix(suffix)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            number = "s" if suffix.endswith("s") else ""
            last = suffix.rstrip("s")[-1]
            endings = (f"{last}{number}", *_ENDINGS)
            yield from (f"{stem}{ending}" for ending in endings)


_GERUNDS: Final = (("ando", ("ar",)), ("iendo", ("er", "ir")))


def _inflected(word: str) -> Iterator[str]:
    """What a plural or a Spanish gerund may be made of, which no dictionary lists: “bailando”."""
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
    for ending, infinitives in _GERUNDS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield from (f"{stem}{infinitive}" for infinitive in infinitives)


def _sound(word: str) -> str:
    """How Spanish says a word, for those who write as they speak: “ablar”, “voca”, “serrando”."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


_SOUNDS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("ch", "1"),
        ("h", ""),
        ("v", "b"),
        ("qu(?=[ei])", "k"),
        ("c(?=[ei])", "s"),
        ("[cq]", "k"),
        ("z", "s"),
        ("x", "s"),
        ("ll", "y"),
        ("g(?=[ei])", "j"),
        ("gu(?=[ei])", "g"),
        ("(.)\\1", "\\1"),
        ("n(?=[bp])", "m"),
    )
)
