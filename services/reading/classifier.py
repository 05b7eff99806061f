"""Tells how much a text is worded like reports of danger, where no rule for a sign applies.

A linear classifier: each word, row of words and concept has a weight, counted from labeled texts by
`learning`. The sum of the weights of what a text has is the logarithm of the odds of danger.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from services.contracts.reading_rules import WordWeights
from services.reading.patterns import NUMBER, Occurrences

_QUESTION: Final = "?"
_SHOWN: Final = 3
_ANY_WORD: Final = "~"


def features(occurrences: Occurrences) -> set[str]:
    """Return words, pairs of words with at most one between, and concepts. Numbers are “#”."""
    words = [_plain(word) for word in occurrences.words if word[0].isalnum() or word == _QUESTION]
    concepts = (name for name in occurrences.spans if name != name.lower())
    return {*words, *_pairs(words), *concepts}


def _plain(word: str) -> str:
    return NUMBER if word[0].isdecimal() else word


def _pairs(words: Sequence[str]) -> Iterator[str]:
    for left, right in pairwise(words):
        yield f"{left} {right}"
    for left, right in zip(words, words[2:], strict=False):
        yield f"{left} {_ANY_WORD} {right}"


class RedFlagClassifier:
    def __init__(self, word_weights: WordWeights) -> None:
        self._word_weights = word_weights

    def resembling(self, occurrences: Occurrences) -> tuple[str, ...]:
        """Return the words that weigh most if the text is worded like danger, else nothing."""
        weights = self._word_weights.weights
        weighed = [name for name in features(occurrences) if name in weights]
        if self._probability(weighed) < self._word_weights.certain:
            return ()
        heaviest = sorted(weighed, key=lambda name: (-weights[name], name))
        return tuple(name for name in heaviest if name == name.lower())[:_SHOWN]

    def _probability(self, weighed: Iterable[str]) -> float:
        odds = self._word_weights.bias + sum(self._word_weights.weights[name] for name in weighed)
        return 1 / (1 + math.exp(-odds))
