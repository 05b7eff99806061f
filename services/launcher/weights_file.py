"""Writes `replies/weights.yaml`, whose weights are counted from labeled replies."""

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Final

from services.contracts.reading_rules import WORD_SEPARATOR, WordWeights
from services.contracts.words import CheckInLevel
from services.launcher.labeled_replies import LabeledReply
from services.reading.learning import Example, learn
from services.reading.reading import ReplyReader

_HEAD: Final = """\
# How much each word speaks for danger (above 0) or against it, where no rule has found a sign.
# Counted by `afterglow replies learn` from labeled replies; count again instead of editing.
# “~” is any one word, “#” a number, and words in upper case are concepts of words.yaml.
"""
_WIDTH: Final = 116


def learned(reader: ReplyReader, replies: Iterable[LabeledReply], certain: float) -> WordWeights:
    examples = [
        Example(reader.features(reply.text), reply.level is CheckInLevel.RED) for reply in replies
    ]
    return learn(examples, certain)


def weights_file(word_weights: WordWeights) -> str:
    """Return the file's text, with the heaviest words first."""
    lines = [f"certain: {word_weights.certain}", f"bias: {word_weights.bias}", "weights:"]
    by_weight = _by_weight(word_weights.weights)
    for weight in sorted(by_weight, reverse=True):
        lines.append(f"  {weight}: >-")
        words = WORD_SEPARATOR.join(sorted(by_weight[weight]))
        lines.extend(f"    {line}" for line in wrap(words, _WIDTH, break_long_words=False))
    return _HEAD + "\n".join(lines) + "\n"


def _by_weight(weights: Mapping[str, float]) -> dict[float, list[str]]:
    by_weight: dict[float, list[str]] = {}
    for word, weight in weights.items():
        by_weight.setdefault(weight, []).append(word)
    return by_weight
