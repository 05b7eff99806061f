"""How answers to check-ins are rated by the shipped rules."""

import pytest

from services.contracts.check_in_questions import CheckInChoice
from services.contracts.words import CheckInLevel
from services.reading.reading import Reading, worse
from tests.support.reading_rules import reply_reader

GREEN, AMBER, RED = CheckInLevel.GREEN, CheckInLevel.AMBER, CheckInLevel.RED
UNCLEAR = CheckInLevel.UNCLEAR

OPTIONS = (
    CheckInChoice(value="1", label="Better", level=GREEN, words=("good", "yes", "mejor")),
    CheckInChoice(value="2", label="A bit worse", level=AMBER, words=("un poco peor",)),
    CheckInChoice(value="3", label="Much worse", level=RED, words=("bad", "mucho peor")),
)


def reading(text: str) -> Reading:
    return reply_reader().read(text, OPTIONS)


def level(text: str) -> CheckInLevel | None:
    return reading(text).level


@pytest.mark.parametrize(
    "text",
    ["1", " 1. ", "one", "Uno", "better", "BETTER!", "1 better", "1) Better", "good",
     "yes", "Yes!", "1 please", "Mejor.", "1️⃣", "I'm feeling better", "me siento mejor"],
)  # fmt: skip
def test_an_option_is_known_by_number_word_and_label(text: str) -> None:
    assert (level(text), reading(text).choice) == (GREEN, "1")


@pytest.mark.parametrize("text", ["2", "two", "Option 2"])
def test_every_option_has_its_own_level(text: str) -> None:
    assert level(text) is AMBER


def test_an_option_without_a_number_is_chosen_by_its_place() -> None:
    choices = (
        CheckInChoice(value="fine", label="All fine", level=GREEN),
        CheckInChoice(value="worse", label="Worse", level=RED),
    )
    levels = [reply_reader().read(text, choices).level for text in ("1", "2", "fine", "3")]

    assert levels == [GREEN, RED, GREEN, UNCLEAR]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("it hurts more today", "PAIN"),
        ("there is pus", "INFECTION"),
        ("i have a fever of 101", "INFECTION"),
        ("my eye is blurry", "EYE"),
        ("cant breath", "ALLERGIC_EMERGENCY"),
        ("can't breathe", "ALLERGIC_EMERGENCY"),
        ("can not really breathe", "ALLERGIC_EMERGENCY"),
        ("its bubbling", "BLISTERS"),
        ("it's bubling", "BLISTERS"),
        ("cold sore came up", "BLISTERS"),
        ("fever and spreading redness", "INFECTION"),
        ("feever", "INFECTION"),
        ("blisteres on my chin", "BLISTERS"),
        ("tengo fiebre", "INFECTION"),
        ("no puedo respirar", "ALLERGIC_EMERGENCY"),
        ("Me duele más", "PAIN"),
        ("me salieron ampolas", "BLISTERS"),
        ("no, pus", "INFECTION"),
        ("No. There is pus now", "INFECTION"),
        ("101", "INFECTION"),
        ("temperature 38,2", "INFECTION"),
        ("39 degrees last night", "INFECTION"),
        ("38.4 C", "INFECTION"),
    ],
)
def test_free_text_with_a_red_flag_is_red(text: str, sign: str) -> None:
    assert (level(text), reading(text).rule) == (RED, sign)


@pytest.mark.parametrize(
    "text",
    [
        "37.9",
        "my temperature is 37.9",
        "100.3 F",
        "not fine",
        "fine i guess",
        "all good but a question",
        "12",
        "never better",
        "no pus",
        "no fever, no pus, feeling ok",
        "i dont have any pus",
        "no signs of pus",
        "no more pus",
        "i havent had a fever",
        "no he tenido fiebre",
        "sin fiebre",
        "ok?",
        "¿estoy mejor?",
        "fewer bumps today",
        "hurts no more",
        "Can I wear makeup?",
        "it took 101 minutes",
        "I feel 100 times better",
    ],
)
def test_what_no_rule_understands_is_for_a_person(text: str) -> None:
    assert level(text) is UNCLEAR


def test_a_denied_sign_does_not_hide_another() -> None:
    assert level("no pus but blisters") is RED


def test_the_worst_of_an_option_and_what_is_written_beside_it_counts() -> None:
    assert level("1 but there is pus") is RED
    assert level("hot and blurry") is RED


def test_what_is_understood_replaces_what_was_unclear_and_the_worst_stays() -> None:
    assert worse(UNCLEAR, GREEN) is GREEN
    assert worse(GREEN, UNCLEAR) is GREEN
    assert worse(GREEN, RED) is RED
    assert worse(RED, GREEN) is RED
    assert worse(CheckInLevel.WAITING, UNCLEAR) is UNCLEAR
    assert worse(CheckInLevel.UNREACHED, AMBER) is AMBER
