"""How a text is read beside our own messages."""

import pytest

from services.contracts.words import CheckInLevel
from services.reading.refusals import Refusal
from services.reminders.check_ins.domain.incoming_text import IncomingText, says_something
from tests.support.reading_rules import reply_reader
from tests.support.reminders.check_in_case import QUESTION

OURS = (
    "Rowan Clinic: how is your skin today? Reply 1 Fine, 2 A bit worse, 3 Much worse. If you have"
    " trouble breathing, pus or a fever, call us. Reply STOP to opt out."
)


def read(text: str) -> CheckInLevel | None:
    incoming = IncomingText(reader=reply_reader(), text=text, own_texts=(OURS,))
    return incoming.read(QUESTION).level


def test_a_copy_of_our_own_text_is_no_answer_and_no_refusal() -> None:
    reading = IncomingText(reader=reply_reader(), text=OURS, own_texts=(OURS,)).read(QUESTION)

    assert (reading.level, reading.refusal) == (None, Refusal.NONE)
    assert not says_something(reading)


def test_an_answer_above_a_copy_of_our_text_counts() -> None:
    assert read(f"1\n{OURS}") is CheckInLevel.GREEN


@pytest.mark.parametrize("text", ["trouble breathing", "3 Much worse", "pus or a fever"])
def test_our_own_words_are_a_patients_answer_if_they_are_all_of_it(text: str) -> None:
    assert read(text) is CheckInLevel.RED


@pytest.mark.parametrize("text", [f"Liked “{OURS}”", f"Loved “{OURS}”", "ok", "thank you <3"])
def test_a_like_and_thanks_are_no_answer(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text", ["ok :(", "1 😭", "good 😭", "fine :(", "fine?", "all good 😢", "1 but sad"]
)
def test_good_news_with_a_sad_face_is_for_a_person(text: str) -> None:
    assert read(text) is CheckInLevel.UNCLEAR


@pytest.mark.parametrize(
    "text", ["a bit worse", "A bit worse.", "2 a bit worse", "2) A bit worse!"]
)
def test_an_option_word_for_word_is_no_worse_than_the_option(text: str) -> None:
    assert read(text) is CheckInLevel.AMBER


@pytest.mark.parametrize(
    "text", ["3 it looks really angry", "I'd say 3", "3\n\nSent from my phone", "3 maybe"]
)
def test_the_number_and_the_words_are_both_rated(text: str) -> None:
    assert read(text) is CheckInLevel.RED
