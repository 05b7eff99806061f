"""Danger in words that no rule names, by weights counted from labeled texts."""

from functools import cache

import pytest
from msgspec.structs import replace

from services.contracts.reading_rules import WordWeights
from services.contracts.words import CheckInLevel
from services.reading.known_words import known_words
from services.reading.learning import Example, learn
from services.reading.reading import Reading, ReplyReader
from tests.support.reading_rules import OPTIONS, shipped_rules

_WEIGHTS = WordWeights(weights={"teapot": 6.0, "teapot ~ spout": 1.0}, bias=-2.0, certain=0.95)


@cache
def reader(*, weighs: bool) -> ReplyReader:
    rules = replace(shipped_rules(), word_weights=_WEIGHTS if weighs else None)
    return ReplyReader(rules, known_words())


def read(text: str, *, weighs: bool = True) -> Reading:
    return reader(weighs=weighs).read(text, OPTIONS)


def test_a_text_worded_like_red_flags_is_red_and_says_which_words_weigh() -> None:
    reading = read("my cheek is a teapot with spout")

    assert reading.level is CheckInLevel.RED
    assert reading.reasons == ("is worded like reports of danger: “teapot”, “teapot ~ spout”",)


@pytest.mark.parametrize(
    "text",
    ["my cheek is a saucer", "no pus on my teapot", "the bleeding of my teapot stopped", "1"],
)
def test_below_the_threshold_or_beside_a_denied_sign_the_rules_decide(text: str) -> None:
    assert read(text) == read(text, weighs=False)


def test_an_answer_that_says_more_can_be_worded_like_red_flags() -> None:
    assert read("1 but my cheek is a teapot").level is CheckInLevel.RED


def test_rules_of_an_older_release_read_without_weights() -> None:
    assert read("my cheek is a teapot", weighs=False).level is CheckInLevel.UNCLEAR


def _examples() -> list[Example]:
    alarming = [frozenset({"my", "teapot", f"rare {number}"}) for number in range(20)]
    harmless = [frozenset({"my", "garden"}) for _ in range(20)]
    return [
        *(Example(features, is_red=True) for features in alarming),
        *(Example(features, is_red=False) for features in harmless),
    ]


def test_words_of_weights_weigh_more_than_words_of_both() -> None:
    weights = learn(_examples(), certain=0.9).weights

    assert weights["teapot"] > 1
    assert weights["garden"] < -1
    assert abs(weights.get("my", 0)) < weights["teapot"] / 2


def test_words_of_few_texts_have_no_weight() -> None:
    assert not any(name.startswith("rare") for name in learn(_examples(), certain=0.9).weights)


def test_the_order_of_the_texts_does_not_change_the_weights() -> None:
    assert learn(_examples()[::-1], certain=0.9) == learn(_examples(), certain=0.9)
