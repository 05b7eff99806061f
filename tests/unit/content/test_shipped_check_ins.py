"""The shipped questions, as they are asked and as answers to them are understood."""

import pytest

from services.contracts.catalog import StepKind
from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.durations import parse_duration
from services.contracts.words import CheckInLevel
from services.reading.reading import Reading
from services.reminders.check_ins.domain.incoming_text import IncomingText
from tests.support.content.catalog import shipped_release
from tests.support.reading_rules import reply_reader

STEPS = {
    f"{plan.slug}/{step.key}": step
    for plan in shipped_release().catalogs["en"].plans
    for step in plan.steps
    if step.kind is StepKind.CHECK_IN
}
QUESTIONS = {key: step.check_in for key, step in STEPS.items() if step.check_in}


def distinct_questions() -> dict[str, CheckInQuestion]:
    """One question for each combination of all that is read of it, under its first step."""
    distinct: dict[tuple[object, ...], str] = {}
    for key, question in QUESTIONS.items():
        distinct.setdefault((question.options, question.fever_celsius), key)
    return {key: QUESTIONS[key] for key in distinct.values()}


def classify(text: str, question: CheckInQuestion) -> Reading:
    return IncomingText(reader=reply_reader(), text=text).read(question)


each_question = pytest.mark.parametrize(
    "question", distinct_questions().values(), ids=distinct_questions().keys()
)

RED = [
    "it hurts more today",
    "there is pus",
    "i have a fever of 101",
    "my eye is blurry",
    "cant breath",
    "can't breathe",
    "its bubbling",
    "cold sore came up",
    "1 but there is pus",
    "no puedo respirar",
    "tengo fiebre",
    "me duele más",
]
FRIGHTENED = {
    "my lips are swollen": "ALLERGIC_EMERGENCY",
    "my lips are very swollen": "ALLERGIC_EMERGENCY",
    "i can't swallow": "ALLERGIC_EMERGENCY",
    "I can hardly breathe": "ALLERGIC_EMERGENCY",
    "chest feels tight": "HEART",
    "i feel faint": "ALLERGIC_EMERGENCY",
    "weezing": "ALLERGIC_EMERGENCY",
    "my eyes hurt": "EYE",
    "there is a lot of blood": "BLEEDING",
    "im shivering": "INFECTION",
    "yellow crusts everywhere": "INFECTION",
    "it is hot and swollen": "INFECTION",
    "really painful": "PAIN",
    "the pain is getting stronger": "PAIN",
    "the pain is stronger": "PAIN",
    "me falta el aire": "ALLERGIC_EMERGENCY",
    "me ahogo": "ALLERGIC_EMERGENCY",
    "se me hincharon los labios": "ALLERGIC_EMERGENCY",
    "me duele mucho el pecho": "HEART",
    "me duele el ojo": "EYE",
    "no para de sangrar": "BLEEDING",
    "sale mucha sangre": "BLEEDING",
    "tengo temperatura": "INFECTION",
    "huele feo": "INFECTION",
    "costras amarillas": "INFECTION",
    "me duele muchísimo": "PAIN",
    "ha empeorado": "PAIN",
    "me salieron ampoyas": "BLISTERS",
    "me salió una pupa": "BLISTERS",
    "lo tengo inchado": "SWELLING",
}
"""What frightened people type, misspellings included, and the sign that it reports."""

HARMLESS = [
    "only slight redness",
    "a faint mark",
    "i was cooking",
    "it stings a little",
    "I had my blood drawn",
    "donde me sacaron sangre",
    "se me ha caído una costra",
    "no fever",
    "no signs of infection",
    "no more bleeding",
    "no he tenido fiebre",
    "ya no me duele mucho",
]
"""Answers that report nothing bad: they must not raise an alarm; a person reads them."""

DENIED = ["not fine", "not good", "not well", "no pus but hot to touch"]
FOR_A_PERSON = ["my temperature is 37.9", "when can i shower", "???"]
NO_ANSWER = ["👍", "ok", "thank you"]


def test_every_shipped_check_in_asks() -> None:
    assert QUESTIONS.keys() == STEPS.keys()


@each_question
def test_a_red_flag_in_free_words_is_red(question: CheckInQuestion) -> None:
    assert {text: classify(text, question).level for text in RED} == dict.fromkeys(
        RED, CheckInLevel.RED
    )


def test_what_frightened_people_type_is_heard() -> None:
    question = QUESTIONS["microneedling-aftercare/day-2-how-is-it-going"]

    assert {text: classify(text, question).rule for text in FRIGHTENED} == FRIGHTENED


@each_question
def test_an_answer_that_reports_nothing_bad_raises_no_alarm(question: CheckInQuestion) -> None:
    levels = {text: classify(text, question).level for text in HARMLESS}

    for_a_person = (CheckInLevel.UNCLEAR, CheckInLevel.AMBER)
    assert {text: level for text, level in levels.items() if level not in for_a_person} == {}


@each_question
def test_an_answer_that_no_rule_matches_is_for_a_person(question: CheckInQuestion) -> None:
    assert {text: classify(text, question).level for text in FOR_A_PERSON} == dict.fromkeys(
        FOR_A_PERSON, CheckInLevel.UNCLEAR
    )


@each_question
def test_thanks_are_no_answer(question: CheckInQuestion) -> None:
    assert [classify(text, question).level for text in NO_ANSWER] == [None] * len(NO_ANSWER)


@each_question
def test_a_denial_is_never_taken_for_well(question: CheckInQuestion) -> None:
    levels = {text: classify(text, question).level for text in DENIED}

    assert [text for text, level in levels.items() if level is CheckInLevel.GREEN] == []


_ACKNOWLEDGMENTS = ("ok", "okay")
"""Plans list these as words of an option. Alone they only say that a text was read."""


@each_question
def test_every_option_is_understood_in_each_of_its_wordings(question: CheckInQuestion) -> None:
    expected = {
        wording: option.level
        for option in question.options
        for wording in (option.value, option.label, *option.words)
        if wording not in _ACKNOWLEDGMENTS
    }

    assert {wording: classify(wording, question).level for wording in expected} == expected


def test_a_question_is_open_no_longer_than_it_is_of_use() -> None:
    open_too_long = [
        key
        for key, step in STEPS.items()
        if parse_duration(QUESTIONS[key].close_after) > parse_duration(step.useful_for)
    ]

    assert open_too_long == []
