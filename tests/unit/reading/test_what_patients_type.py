"""What was misheard once, by kind, with siblings that say the same in other words."""

import pytest

from services.contracts.words import CheckInLevel
from services.reading.refusals import Refusal
from tests.support.reading_rules import OPTIONS, read, reply_reader

RED, AMBER, GREEN, UNCLEAR = (
    CheckInLevel.RED,
    CheckInLevel.AMBER,
    CheckInLevel.GREEN,
    CheckInLevel.UNCLEAR,
)
OUR_TEXT = "Rowan: how are you doing? Reply 1 calming down, 2 no change, 3 getting worse."


@pytest.mark.parametrize(
    "text",
    [
        "unable to breathe",
        "my throat is getting tight",
        "me cuesta hablar",
        "tongue feels thick",
        "cant catch my breath",
        "its hard to swallow",
        "siento la garganta apretada",
    ],
)
def test_a_narrow_airway_is_red(text: str) -> None:
    assert read(text).level is RED


@pytest.mark.parametrize(
    "text",
    [
        "red line going up to my ear",
        "green stuff leaking out",
        "redness is growing",
        "línea roja que sube",
        "yellow fluid coming out of it",
        "me sale un líquido verde",
        "the red patch is bigger than yesterday",
    ],
)
def test_signs_of_an_infection_in_plain_words_are_red(text: str) -> None:
    assert read(text).level is RED


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("pain is a 9 out of 10", RED),
        ("10/10 pain", RED),
        ("dolor de 9", RED),
        ("throwing up and shaking", RED),
        ("i got 38 and a half", RED),
        ("numb and white", RED),
        ("pain level 8 today", RED),
        ("fever of 101.5", RED),
        ("treinta y nueve de fiebre", RED),
        ("pain is a 5 out of 10", AMBER),
        ("dolor 4 de 10", AMBER),
        ("my pain is about a 6", AMBER),
    ],
)
def test_scores_and_temperatures_are_rated(text: str, level: CheckInLevel) -> None:
    assert read(text).level is level


@pytest.mark.parametrize(
    "text",
    [
        "911",
        "HELP ME",
        "im at the ER",
        "estoy en urgencias",
        "somebody call an ambulance",
        "ayúdenme por favor",
        "on my way to the hospital",
    ],
)
def test_a_cry_for_help_is_red(text: str) -> None:
    assert read(text).level is RED


@pytest.mark.parametrize(
    "text",
    ["i want to die", "quiero morirme", "thinking of hurting myself", "ya no quiero vivir"],
)
def test_thoughts_of_death_are_a_crisis(text: str) -> None:
    reading = read(text)

    assert (reading.level, reading.rule) == (RED, "CRISIS")


@pytest.mark.parametrize(
    "text",
    [
        "3 it looks really angry",
        "I'd say 3",
        "3\n\nSent from my phone",
        "1, my lips are swelling",
        "1 but I have a fever",
        "2 and there is pus",
        "diría que 3",
    ],
)
def test_the_worse_of_number_and_words_counts(text: str) -> None:
    assert read(text).level is RED


@pytest.mark.parametrize("text", ["ok :(", "1 😭", "good 😭", "bien :(", "fine i guess 😢", "1 😞"])
def test_sad_news_is_left_to_a_person(text: str) -> None:
    assert read(text).level is UNCLEAR


@pytest.mark.parametrize("text", ["ok", "Ok.", "okay", "k", "vale"])
def test_a_bare_ok_is_no_answer(text: str) -> None:
    assert read(text).level is None


@pytest.mark.parametrize("text", ["thank you <3", "thanks 💕", "gracias <3", "ty <3"])
def test_thanks_are_no_answer(text: str) -> None:
    assert read(text).level is None


@pytest.mark.parametrize(
    "text",
    [
        f"Liked “{OUR_TEXT}”",
        f"Le gustó “{OUR_TEXT}”",
        f"Loved “{OUR_TEXT}”",
        f"Reacted 👍 to “{OUR_TEXT}”",
    ],
)
def test_a_liked_text_is_nothing(text: str) -> None:
    reading = read(text)

    assert (reading.level, reading.refusal) == (None, Refusal.NONE)


def test_our_own_text_below_an_answer_does_not_count() -> None:
    reading = reply_reader().read(f"1\n\n{OUR_TEXT}", OPTIONS, own_texts=(OUR_TEXT,))

    assert (reading.level, reading.choice) == (GREEN, "1")


@pytest.mark.parametrize(
    "text",
    [
        "no fever but chills",
        "not swollen, just pus",
        "no pain but I see pus",
        "sin fiebre pero con pus",
        "no bleeding, my tongue is swelling though",
    ],
)
def test_a_denial_ends_at_but(text: str) -> None:
    assert read(text).level is RED


@pytest.mark.parametrize(
    "text",
    [
        "no fever or chills",
        "no bleeding or blisters",
        "fever gone",
        "the bleeding stopped",
        "my mom has a fever",
        "is 99 a fever?",
        "sin fiebre ni pus",
        "ya no sangra",
        "mi hijo tiene fiebre",
    ],
)
def test_what_is_denied_over_or_anothers_is_neither_red_nor_green(text: str) -> None:
    assert read(text).level is UNCLEAR


@pytest.mark.parametrize(
    "text",
    ["oh wells", "chill day", "worst show ever", "cant you come", "blistering pace", "oh well"],
)
def test_a_word_that_looks_like_a_sign_is_none(text: str) -> None:
    assert read(text).level in (UNCLEAR, None)


@pytest.mark.parametrize(
    "text",
    [
        "Please stop this",
        "I want to stop getting these",
        "lose my number",
        "unsuscribe",
        "STPO",
        "🛑",
        "STOP\nSent from my iPhone",
        "ya no quiero recibir mensajes",
        "Arrêtez",
        "Désabonner",
        "СТОП",
        "dame de baja",
        "optout plz",
        "Please discontinue text messages to this phone",
    ],
)
def test_a_refusal_stops_or_holds_messages(text: str) -> None:
    assert read(text).refusal is not Refusal.NONE


@pytest.mark.parametrize(
    "text",
    [
        "stop by later?",
        "my wife won't stop scratching",
        "we have got to stop meeting like this",
        "should I stop using the cream",
        "cancel my appointment on Friday",
        "¿cuándo puedo dejar de usar la crema?",
    ],
)
def test_another_stop_holds_nothing(text: str) -> None:
    assert read(text).refusal is Refusal.NONE


@pytest.mark.parametrize(
    "text",
    ["all good, barely pink now", "todo bien gracias", "healing great!", "mucho mejor hoy"],
)
def test_plainly_good_news_is_green(text: str) -> None:
    assert read(text).level is GREEN
