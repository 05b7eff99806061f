"""The shipped questions, as they are asked and as answers to them are understood."""

import pytest

from services.contracts.catalog import AftercareStep, StepKind
from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.durations import parse_duration
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.triage import classify
from tests.support.catalog import shipped_release

STEPS = {
    f"{plan.slug}/{step.key}": step
    for plan in shipped_release().catalogs["en"].plans
    for step in plan.steps
    if step.kind is StepKind.CHECK_IN
}
QUESTIONS = {key: step.check_in for key, step in STEPS.items() if step.check_in}

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
    "chest feels tight": "ALLERGIC_EMERGENCY",
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
    "me duele mucho el pecho": "ALLERGIC_EMERGENCY",
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
"""What frightened people type, misspelled as it comes, and the sign it is."""

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
"""What says nothing bad and must frighten nobody; a person reads it."""

FOR_A_PERSON = ["my temperature is 37.9", "when can i shower", "???", "👍"]


def test_every_shipped_check_in_asks() -> None:
    assert QUESTIONS.keys() == STEPS.keys()


@pytest.mark.parametrize("key", QUESTIONS)
@pytest.mark.parametrize("text", RED)
def test_a_red_flag_in_free_words_is_red(key: str, text: str) -> None:
    assert classify(text, _question(key)).level is CheckInLevel.RED


@pytest.mark.parametrize(("text", "sign"), FRIGHTENED.items())
def test_what_frightened_people_type_is_heard(text: str, sign: str) -> None:
    assert classify(text, _question("microneedling-aftercare/day-2-how-is-it-going")).rule == sign


@pytest.mark.parametrize("key", QUESTIONS)
@pytest.mark.parametrize("text", HARMLESS)
def test_what_says_nothing_bad_alarms_nobody(key: str, text: str) -> None:
    assert classify(text, _question(key)).level is CheckInLevel.UNCLEAR


@pytest.mark.parametrize("key", QUESTIONS)
@pytest.mark.parametrize("text", FOR_A_PERSON)
def test_what_no_rule_knows_is_for_a_person(key: str, text: str) -> None:
    assert classify(text, _question(key)).level is CheckInLevel.UNCLEAR


@pytest.mark.parametrize("key", QUESTIONS)
@pytest.mark.parametrize("text", ["not fine", "not good", "not well", "no pus but hot to touch"])
def test_a_denial_is_never_taken_for_well(key: str, text: str) -> None:
    assert classify(text, _question(key)).level is not CheckInLevel.GREEN


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_option_is_understood_however_it_is_said(key: str) -> None:
    for option in _question(key).options:
        for said in (option.value, option.label, *option.words):
            assert classify(said, _question(key)).level is option.level, said


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_question_is_open_no_longer_than_it_is_of_use(step: AftercareStep) -> None:
    assert step.check_in
    assert parse_duration(step.check_in.close_after) <= parse_duration(step.useful_for)


def _question(key: str) -> CheckInQuestion:
    return QUESTIONS[key]
