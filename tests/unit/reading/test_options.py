"""An option is chosen by its number or its words, and the words beside it are read too."""

import pytest

from services.contracts.words import CheckInLevel
from tests.support.reading_rules import read


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "3!!!",
        "#3",
        "3️⃣",
        "(3)",
        "3 3 3",
        "I'd say 3",
        "number three I'm afraid",
        "option three please",
        "la 3",
        "la tercera",
        "opción 3 por desgracia",
        "yo diría que 3",
        "Definitely a 3 today. Sorry to be a nuisance.",
        "3 it looks really angry",
        "3\nSent from my phone",
        "worse",
        "peor",
    ],
)
def test_number_or_words_choose_the_option(text: str) -> None:
    assert read(text).level is CheckInLevel.RED


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("2 or 3? leaning 3", CheckInLevel.RED),
        ("between 2 and 3", CheckInLevel.RED),
        ("2-3", CheckInLevel.RED),
        ("1 or 2", CheckInLevel.AMBER),
        ("1 o 2", CheckInLevel.AMBER),
    ],
)
def test_the_worst_of_several_numbers_counts(text: str, level: CheckInLevel) -> None:
    assert read(text).level is level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ayer era un 1 y hoy un 3", CheckInLevel.RED),
        ("I thought it was a 1 yesterday but today i'm going with 3", CheckInLevel.RED),
        ("it was a 3 this morning, now a 2", CheckInLevel.AMBER),
    ],
)
def test_the_later_number_counts(text: str, level: CheckInLevel) -> None:
    assert read(text).level is level


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1 thanks",
        "1 😊",
        "1!!! so happy",
        "one, thanks hun",
        "la primera, ya se calmó",
        "Reply 1",
        "nro 1",
        "1 todo tranquilo",
        "bien gracias",
        "great",
    ],
)
def test_the_good_option_with_friendly_words_is_green(text: str) -> None:
    assert read(text).level is CheckInLevel.GREEN


@pytest.mark.parametrize(
    "text", ["1 😭", "1 :(", "good 😭", "bien 😢", "i guess 1", "1?", "1 but", "1 pero", "1 or so"]
)
def test_the_good_option_with_doubt_is_left_to_a_person(text: str) -> None:
    assert read(text).level is CheckInLevel.UNCLEAR


@pytest.mark.parametrize(
    "text", ["1, my lips are swelling", "1 pero tengo 38.5", "2 and theres pus"]
)
def test_a_red_flag_beside_an_option_counts_more(text: str) -> None:
    assert read(text).level is CheckInLevel.RED


@pytest.mark.parametrize(
    "text",
    [
        "see you at 3",
        "on day 3",
        "2 pm works",
        "1 question",
        "1 duda nada más",
        "2 or 3 days",
        "2 weeks till my wedding!!",
        "el 3 de mayo puedo",
        "nos vemos a las 3",
        "give it a 3 out of 5 on yelp",
        "not a 3",
        "no es un 3",
        "mejor le marco",
        "quiero 2 cremas",
    ],
)
def test_other_numbers_and_words_choose_nothing(text: str) -> None:
    reading = read(text)

    assert reading.choice is None
    assert reading.level is not CheckInLevel.GREEN


@pytest.mark.parametrize("text", ["ok", "Okay!", "k", "vale", "ok gracias"])
def test_a_bare_ok_is_never_an_option(text: str) -> None:
    assert read(text).choice is None
