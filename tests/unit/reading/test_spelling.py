"""A misspelled word stands for the nearest word of the rules; a real word never does."""

from typing import Final

import pytest

from services.reading.spelling import Speller

_WORDS: Final = (
    "fever", "swollen", "bleeding", "blister", "breathe", "infection", "hinchada", "hinchado",
    "sangre", "fiebre", "ampolla", "hervor", "cerrando", "boca", "pus", "chill", "mucho",
)  # fmt: skip
_DICTIONARY: Final = frozenset({"never", "bleating", "breather", "sange", "manchada", "wells"})


def corrected(word: str) -> str:
    return Speller(_WORDS, _DICTIONARY).correct(word)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("feever", "fever"),
        ("fveer", "fever"),
        ("efver", "fever"),
        ("swolen", "swollen"),
        ("swollenn", "swollen"),
        ("bleedng", "bleeding"),
        ("blisterr", "blister"),
        ("infectoin", "infection"),
        ("infecshion", "infection"),
        ("sangree", "sangre"),
    ],
)
def test_one_slip_is_mended_and_two_in_a_long_word(typed: str, word: str) -> None:
    assert corrected(typed) == word


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("inchada", "hinchada"),
        ("fievre", "fiebre"),
        ("voca", "boca"),
        ("serrando", "cerrando"),
        ("ampoya", "ampolla"),
        ("erbor", "hervor"),
    ],
)
def test_spanish_is_read_by_its_sound(typed: str, word: str) -> None:
    assert corrected(typed) == word


@pytest.mark.parametrize(
    ("typed", "word"),
    [("hinchadisima", "hinchada"), ("hinchadito", "hinchado"), ("ampollita", "ampolla")],
)
def test_diminutives_and_superlatives_stand_for_their_base(typed: str, word: str) -> None:
    assert corrected(typed) == word


@pytest.mark.parametrize("word", ["never", "bleating", "breather", "sange", "manchada", "wells"])
def test_a_word_of_the_dictionary_stays(word: str) -> None:
    assert corrected(word) == word


@pytest.mark.parametrize("word", ["pu", "puz", "fev", "fevr", "xyzzyx", "38.5", "!", "zorblax"])
def test_short_and_strange_words_stay(word: str) -> None:
    assert corrected(word) == word


def test_words_of_the_rules_and_of_the_dictionary_are_known() -> None:
    speller = Speller(_WORDS, _DICTIONARY)

    assert [speller.is_known(word) for word in ("fever", "never", "fevr")] == [True, True, False]
