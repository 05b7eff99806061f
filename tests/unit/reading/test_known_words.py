import pytest

from services.reading.known_words import known_words


@pytest.mark.parametrize("word", ["fever", "wells", "chill", "sangre", "corazon", "manana"])
def test_words_of_both_languages_are_known_without_accents(word: str) -> None:
    assert word in known_words()


@pytest.mark.parametrize("word", ["fevr", "sangr", "asdfgh", "", "can't", "corazón"])
def test_nothing_else_is_known(word: str) -> None:
    assert word not in known_words()


def test_the_lists_are_loaded_once() -> None:
    assert known_words() is known_words()
