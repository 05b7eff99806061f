"""Counts the weights of the classifier from labeled texts, by logistic regression.

Adaptive gradient descent (AdaGrad) with a penalty on large weights. The texts are taken in a fixed
order that does not depend on their place in a file, so that the same texts give the same weights.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from services.contracts.reading_rules import WordWeights

_ROUNDS: Final = 20
_STEP: Final = 0.3
_PENALTY: Final = 0.005
_SEEN_AT_LEAST: Final = 3  # texts
_WORTH_KEEPING: Final = 0.2
_DIGITS: Final = 1


class Example(msgspec.Struct, frozen=True):
    """What a labeled text has, and whether its writer is in danger."""

    features: frozenset[str]
    is_red: bool


def learn(examples: Collection[Example], certain: float) -> WordWeights:
    """Return weights. `certain` is the probability from which a text counts as danger."""
    ordered = sorted(examples, key=lambda example: (sorted(example.features), example.is_red))
    frequent = _frequent(ordered)
    rows = [(sorted(example.features & frequent), example.is_red) for example in ordered]
    weights, bias = _descend(rows)
    kept = {
        name: round(weight, _DIGITS)
        for name, weight in sorted(weights.items())
        if abs(weight) >= _WORTH_KEEPING
    }
    return WordWeights(weights=kept, bias=round(bias, _DIGITS), certain=certain)


def _frequent(examples: Sequence[Example]) -> set[str]:
    seen = Counter(name for example in examples for name in example.features)
    return {name for name, count in seen.items() if count >= _SEEN_AT_LEAST}


def _descend(rows: list[tuple[list[str], bool]]) -> tuple[Mapping[str, float], float]:
    bias = ""
    weights: defaultdict[str, float] = defaultdict(float)
    squares: defaultdict[str, float] = defaultdict(float)
    order = random.Random(1)  # noqa: S311 - an order, not a secret
    for _ in range(_ROUNDS):
        order.shuffle(rows)
        for names, is_red in rows:
            odds = weights[bias] + sum(weights[name] for name in names)
            error = 1 / (1 + math.exp(-odds)) - is_red
            for name in (bias, *names):
                slope = error + _PENALTY * weights[name]
                squares[name] += slope * slope
                weights[name] -= _STEP * slope / math.sqrt(squares[name] + 1e-6)
    return weights, weights.pop(bias)
