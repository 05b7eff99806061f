"""Whether a sign that a text names is the writer's own and present."""

import pytest

from services.reading.scope import Standing
from tests.support.reading_rules import reply_reader


def standings(text: str) -> set[Standing]:
    return {sign.standing for sign in reply_reader().signs(text)}


@pytest.mark.parametrize(
    "text",
    [
        "no fever", "no pus, blisters or fever", "no fever, pus, or bleeding",
        "no fever and no pus", "I don't have any pus", "without pus or fever",
        "neither fever nor pus", "never had blisters", "no signs of pus",
        "fever? none", "blisters, none of those", "sin fiebre, pus ni ampollas",
        "no tengo fiebre ni pus", "no he tenido fiebre", "ni fiebre ni pus", "fiebre: no",
    ],
)  # fmt: skip
def test_a_denial_runs_over_a_list(text: str) -> None:
    assert standings(text) == {Standing.DENIED}


@pytest.mark.parametrize(
    "text",
    [
        "no pain but pus", "no fever but I have pus", "no pus, my lips are swelling",
        "no, I have a fever", "No. There is pus", "not sure, there is pus",
        "no fever, and now there is pus", "nothing helps, I have pus",
        "sin dolor pero tengo fiebre", "no duermo, tengo fiebre", "no, tengo fiebre",
    ],
)  # fmt: skip
def test_but_and_a_new_statement_end_a_denial(text: str) -> None:
    assert Standing.AFFIRMED in standings(text)


@pytest.mark.parametrize(
    "text",
    [
        "the fever is gone", "fever went away", "the bleeding has stopped", "less pus",
        "I had a fever last year", "tuve fiebre, pero ya no", "ya paró el sangrado",
        "se me quitó la fiebre", "menos pus hoy", "tuve fiebre el mes pasado",
    ],
)  # fmt: skip
def test_what_has_ended_is_over(text: str) -> None:
    assert standings(text) == {Standing.OVER}


@pytest.mark.parametrize(
    "text",
    [
        "the fever has not gone", "the bleeding won't stop", "my lips have gone numb",
        "the bleeding stopped and now it is back", "se fue la fiebre pero volvió",
        "the fever is not gone",
    ],
)  # fmt: skip
def test_what_goes_on_or_returns_is_not_over(text: str) -> None:
    assert Standing.AFFIRMED in standings(text)


@pytest.mark.parametrize(
    "text",
    [
        "my son has a fever", "my husband is bleeding", "the dog has blisters",
        "fever in my daughter", "mi hijo tiene fiebre", "mi mamá tiene ampollas",
        "a mi perro le sale pus",
    ],
)  # fmt: skip
def test_the_sign_of_another_person_is_theirs(text: str) -> None:
    assert standings(text) == {Standing.OTHERS}


@pytest.mark.parametrize(
    "text",
    [
        "my husband says I have pus", "my mom thinks my face has pus",
        "as a nurse, there is pus", "my son is fine but I have a fever",
        "mi esposo dice que tengo pus", "mi hijo está bien y yo tengo fiebre",
    ],
)  # fmt: skip
def test_what_others_say_of_the_writer_counts(text: str) -> None:
    assert Standing.AFFIRMED in standings(text)


@pytest.mark.parametrize(
    "text",
    [
        "what if I get a fever", "I will call you if it bleeds", "should I expect blisters",
        "do blisters happen often?", "what are the signs of pus", "qué pasa si me da fiebre",
        "les aviso si sale pus", "es posible que salga pus?",
    ],
)  # fmt: skip
def test_a_question_and_a_condition_state_nothing(text: str) -> None:
    assert standings(text) == {Standing.ASKED}


@pytest.mark.parametrize(
    "text",
    [
        "not sure if it is pus", "are swollen lips normal?", "is it normal that I have pus?",
        "no sé si es pus", "es normal que tenga fiebre?",
        "what if it gets worse, because I have pus",
    ],
)  # fmt: skip
def test_a_question_about_what_the_writer_has_counts(text: str) -> None:
    assert Standing.AFFIRMED in standings(text)


@pytest.mark.parametrize(
    "text",
    ["mi suegra tiene el labio hinchado, yo no", "my whole house has a fever except me"],
)
def test_a_sign_of_all_but_the_writer_is_of_others(text: str) -> None:
    assert standings(text) == {Standing.OTHERS}


def test_a_question_for_later_states_nothing() -> None:
    assert standings("my lips swell, what then? just asking") == {Standing.ASKED}


def test_what_stands_up_or_changes_is_not_over() -> None:
    assert Standing.AFFIRMED in standings("se me va la vista cuando me paro")
    assert Standing.AFFIRMED in standings("the ache has gone from a mutter to a roar")


@pytest.mark.parametrize(
    "text",
    [
        "the server is bleeding cash", "my spreadsheet is hemorrhaging cells",
        "passed out certificates to 90 kids", "the tent collapsed in the wind",
        "my toast is burnt", "my hands went numb throwing snowballs",
        "fiebre por el mundial", "los tomates se quemaron",
    ],
)  # fmt: skip
def test_the_sign_of_a_thing_is_no_sign_of_the_writer(text: str) -> None:
    assert Standing.AFFIRMED not in standings(text)


@pytest.mark.parametrize(
    "text",
    [
        "passed out at the concert", "fever on the plane", "I collapsed by the printer",
        "Fainted, printer has no paper", "fainted cooking pasta", "vomited soup",
        "can't swallow soup", "bleeding on the sofa", "dizzy driving the van",
        "watching netflix suddenly fainted", "me desmayé en el metro", "fiebre en el avión",
        "vomité la sopa", "no puedo tragar el arroz", "my fingers are numb, no snow here",
    ],
)  # fmt: skip
def test_a_thing_beside_a_sign_of_the_writer_takes_nothing_away(text: str) -> None:
    assert Standing.AFFIRMED in standings(text)
