"""Good news is GREEN only if it is plain; anything else waits for a person."""

import pytest

from services.contracts.words import CheckInLevel
from tests.support.reading_rules import read


@pytest.mark.parametrize(
    "text",
    [
        "all good, barely pink now",
        "no complaints, its healing beautifully",
        "feeling great!",
        "Better every day, thanks for asking",
        "swelling has gone down completely and I feel great",
        "back to normal :)",
        "Hello dear, everything is fine and my skin is settling very well. God bless, Dorothy",
        "skin is glowing ✨",
        "redness is almost completely gone, very pleased",
        "not red anymore yay",
        "couldn't be happier with it",
        "todo bien gracias",
        "todo bn grax",
        "mucho mejor hoy, ya casi no se nota",
        "cada día más bonita la piel",
        "Buenas tardes, todo marcha muy bien. Saludos cordiales, Carmen Villaseñor",
        "de maravilla 😍",
        "ya se me quitó lo rojo, estoy feliz",
        "sin molestias",
        "quedó divino, me encanta",
        "todo good thank you",
        "everything bien, gracias doc",
    ],
)
def test_plainly_good_news_is_green(text: str) -> None:
    assert read(text).level is CheckInLevel.GREEN


@pytest.mark.parametrize(
    "text",
    [
        "good 😭",
        "fine i guess..",
        "maybe better",
        "kind of ok",
        "ok bien :(",
        "creo que bien",
        "más o menos bien",
        "mejoraría si pudiera",
    ],
)
def test_doubt_spoils_good_news(text: str) -> None:
    assert read(text).level is not CheckInLevel.GREEN


@pytest.mark.parametrize(
    "text",
    [
        "not good",
        "not so great",
        "no better",
        "isn't calm",
        "no muy bien",
        "no estoy bien",
        "no se ve bonita",
        "good but itchy",
        "all good except my chin",
        "bien pero arde",
        "todo bien menos la frente",
    ],
)
def test_denied_and_partly_good_news_is_not_green(text: str) -> None:
    assert read(text).level is not CheckInLevel.GREEN


@pytest.mark.parametrize(
    "text",
    [
        "will be fine im sure",
        "hopefully better tomorrow",
        "should be fine",
        "it was fine until today",
        "better late than never",
        "mejor mañana",
        "mejor el viernes",
        "a lo mejor",
        "va a estar bien",
        "ayer estaba de maravilla",
    ],
)
def test_the_future_and_the_past_are_not_green(text: str) -> None:
    assert read(text).level is not CheckInLevel.GREEN


@pytest.mark.parametrize(
    "text",
    [
        "is peeling normal",
        "does it get better",
        "hi is my skin normal",
        "all good?",
        "good, and you?",
        "normal",
        "todo bien?",
        "es normal la descamación",
        "se puede, todo normal",
    ],
)
def test_questions_are_not_green_even_without_a_question_mark(text: str) -> None:
    assert read(text).level is not CheckInLevel.GREEN


@pytest.mark.parametrize(
    "text",
    [
        '"all good" they said lol',
        "the doctor said it looks good",
        "my mom is fine",
        "she is doing great",
        "the left side is great",
        "el lado derecho bien",
        "la clínica muy bonita todo excelente",
        "the nurse was lovely",
        "bien cara la crema",
        "thanks beautiful",
        "good morning doctor",
        "great news",
        "have a great day",
        "oh great another text",
        "well well well",
        "perfecto gracias",
        "está bien gracias",
    ],
)
def test_words_of_others_and_about_other_things_are_not_green(text: str) -> None:
    assert read(text).level is not CheckInLevel.GREEN


@pytest.mark.parametrize(
    "text", ["thanks", "gracias", "ok", "👍", "thank you <3", "buenos días", "sounds good"]
)
def test_thanks_and_a_bare_ok_are_no_answer(text: str) -> None:
    assert read(text).level is None


@pytest.mark.parametrize("text", ["all good zorblax", "todo bien, me puse frumisol"])
def test_one_unknown_word_leaves_it_to_a_person(text: str) -> None:
    assert read(text).level is CheckInLevel.UNCLEAR
