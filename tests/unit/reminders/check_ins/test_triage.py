"""How answers to check-ins are rated."""

import pytest

from services.contracts.check_in_questions import (
    AnswerText,
    CheckInChoice,
    CheckInQuestion,
    CheckInReplies,
    Nudge,
    Sign,
)
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.triage import Triage, classify, worse

GREEN, AMBER, RED = CheckInLevel.GREEN, CheckInLevel.AMBER, CheckInLevel.RED
UNCLEAR = CheckInLevel.UNCLEAR

TEXT = AnswerText(text="-", subject="-")
QUESTION = CheckInQuestion(
    question="How is your skin today?",
    options=(
        CheckInChoice(value="1", label="Better", level=GREEN, words=("good", "yes", "mejor", "ok")),
        CheckInChoice(value="2", label="A bit worse", level=AMBER, words=("un poco peor",)),
        CheckInChoice(value="3", label="Much worse", level=RED, words=("bad", "mucho peor")),
    ),
    signs=(
        Sign(code="INFECTION", level=RED, phrases=(
            "pus", "fever", "spreading redness", "fiebre", "supura", "red streaks",
        )),
        Sign(code="BREATHING", level=RED, phrases=(
            "cant breathe", "can not breathe", "trouble breathing", "no puedo respirar",
        )),
        Sign(code="EYE", level=RED, phrases=("blurry", "eye pain", "vision", "vista borrosa")),
        Sign(code="BURN", level=RED, phrases=("blister", "blisters", "bubbling", "ampollas")),
        Sign(code="HERPES", level=RED, phrases=("cold sore", "herpes labial")),
        Sign(code="PAIN", level=RED, phrases=("hurts more", "more pain", "me duele mas")),
        Sign(code="HEAT", level=AMBER, phrases=("hot", "caliente")),
    ),
    nudge_after="PT4H",
    close_after="PT24H",
    replies=CheckInReplies(green=TEXT, amber=TEXT, red=TEXT, unclear=TEXT),
    nudge=Nudge(),
)  # fmt: skip


def level(text: str) -> CheckInLevel:
    return classify(text, QUESTION).level


@pytest.mark.parametrize(
    "text",
    ["1", " 1. ", "one", "Uno", "#1", "better", "BETTER!", "1 better", "1) Better", "good",
     "yes", "Yes!", "ok thanks", "1 please", "Mejor.", "1️⃣", "I'm feeling better",
     "me siento mejor"],
)  # fmt: skip
def test_an_option_is_known_by_number_word_and_label(text: str) -> None:
    assert classify(text, QUESTION) == Triage(level=GREEN, choice="1")


@pytest.mark.parametrize("text", ["2", "two", "a bit worse", "un poco peor", "Option 2"])
def test_every_option_has_its_own_level(text: str) -> None:
    assert level(text) is AMBER


def test_an_option_without_a_number_is_chosen_by_its_place() -> None:
    choices = (
        CheckInChoice(value="fine", label="All fine", level=GREEN),
        CheckInChoice(value="worse", label="Worse", level=RED),
    )
    question = CheckInQuestion(
        question="?", options=choices, signs=(), nudge_after="PT1H", close_after="PT2H",
        replies=QUESTION.replies, nudge=Nudge(),
    )  # fmt: skip

    assert [classify(text, question).level for text in ("1", "2", "fine", "3")] == [
        GREEN, RED, GREEN, UNCLEAR,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("it hurts more today", "PAIN"),
        ("there is pus", "INFECTION"),
        ("i have a fever of 101", "INFECTION"),
        ("my eye is blurry", "EYE"),
        ("cant breath", "BREATHING"),
        ("can't breathe", "BREATHING"),
        ("can not really breathe", "BREATHING"),
        ("its bubbling", "BURN"),
        ("it's bubling", "BURN"),
        ("cold sore came up", "HERPES"),
        ("fever and spreading redness", "INFECTION"),
        ("feever", "INFECTION"),
        ("blisteres on my chin", "BURN"),
        ("tengo fiebre", "INFECTION"),
        ("no puedo respirar", "BREATHING"),
        ("Me duele más", "PAIN"),
        ("me salieron ampolas", "BURN"),
        ("no, pus", "INFECTION"),
        ("No. There is pus now", "INFECTION"),
        ("101", "INFECTION"),
        ("temperature 38,2", "INFECTION"),
        ("39 degrees last night", "INFECTION"),
        ("38.4 C", "INFECTION"),
    ],
)
def test_free_text_with_a_red_flag_is_red(text: str, sign: str) -> None:
    assert classify(text, QUESTION) == Triage(level=RED, rule=sign)


@pytest.mark.parametrize(
    "text",
    [
        "37.9",
        "my temperature is 37.9",
        "100.3 F",
        "not fine",
        "not good",
        "no good",
        "fine i guess",
        "all good but a question",
        "1 or 2",
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
        "",
        "👍",
    ],
)
def test_what_is_written_freely_is_never_green(text: str) -> None:
    assert level(text) is UNCLEAR


def test_a_denied_sign_does_not_hide_another() -> None:
    assert level("no pus but hot") is AMBER
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
