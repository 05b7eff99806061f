"""Temperatures and pain scores are read in digits and in words."""

import pytest

from services.reading.number_words import fold_numbers
from services.reading.word_lists import WordLists
from tests.support.reading_rules import read, shipped_rules


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("thirty nine", "39"),
        ("thirty nine point five", "39.5"),
        ("thirty - eight", "38"),
        ("a hundred", "100"),
        ("a hundred and one", "101"),
        ("one hundred two point four", "102.4"),
        ("one oh one", "101"),
        ("one o two", "102"),
        ("38 and a half", "38.5"),
        ("treinta y nueve", "39"),
        ("treinta y ocho punto cinco", "38.5"),
        ("treinta y ocho coma dos", "38.2"),
        ("ciento uno", "101"),
        ("38 y medio", "38.5"),
        ("treinta y nueve y medio", "39.5"),
        ("38,2", "38,2"),
        ("uno o dos", "uno o dos"),
        ("three", "three"),
        ("a fever", "a fever"),
        ("thirty", "30"),
        ("", ""),
    ],
)
def test_number_words_become_digits(text: str, folded: str) -> None:
    words = fold_numbers(text.split(), WordLists(shipped_rules().concepts))

    assert " ".join(words) == folded


@pytest.mark.parametrize(
    "text",
    [
        "38.5", "101.5", "got 38.5 this morning", "38 C", "101 degrees", "temperature 38,2",
        "my temp is a hundred and one", "thirty nine degrees", "fever of 102", "38° now",
        "tengo 38.5", "39 grados", "treinta y nueve de fiebre", "temperatura de 38 y medio",
        "me marcó 38.7", "100.4 F", "is 39.5 a fever?",
    ],
)  # fmt: skip
def test_a_fever_is_red(text: str) -> None:
    assert (read(text).level, read(text).rule) == ("RED", "INFECTION")


@pytest.mark.parametrize(
    "text",
    [
        "37.2", "99 F", "100.3 F", "36 grados", "it took 38 minutes", "I am 39 years old",
        "$39", "39%", "38/2", "it is 38 degrees outside", "below 38", "not over 38",
        "never hit 38", "no pasa de 38", "menos de 38", "at 9:38", "room 101",
        "the street is 101st",
        "tengo 38 años", "cuesta 39 pesos",
    ],
)  # fmt: skip
def test_other_numbers_and_lower_temperatures_are_no_fever(text: str) -> None:
    assert read(text).level != "RED"


@pytest.mark.parametrize(
    "text",
    [
        "pain is 8 out of 10", "pain 9/10", "pain is a nine", "my pain level is 8",
        "8 out of 10", "8/10 pain", "9 on the pain scale", "the pain was a 3, now an honest 8",
        "dolor de 8", "dolor nivel 9", "me duele 8 de 10", "un ocho de dolor",
        "dolor 7 sobre 10",
    ],
)  # fmt: skip
def test_a_high_score_is_red(text: str) -> None:
    assert (read(text).level, read(text).rule) == ("RED", "PAIN")


@pytest.mark.parametrize(
    "text", ["pain is 5 out of 10", "pain level 4", "dolor 5 de 10", "pain was an 8, now a 4"]
)
def test_a_middle_score_is_amber(text: str) -> None:
    assert read(text).level == "AMBER"


@pytest.mark.parametrize(
    "text",
    [
        "10/10", "10 out of 10 service", "pain for 8 minutes", "took 8 mg for pain",
        "pain is 2 out of 10", "dolor 1 de 10", "call me at 8", "8 blisters or 9?", "8 of 100",
    ],
)  # fmt: skip
def test_other_numbers_and_low_scores_are_no_pain(text: str) -> None:
    assert read(text).level != "RED"
