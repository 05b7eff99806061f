"""What the patient did not write is taken out, and emoji become words."""

import pytest

from services.reading.cleaning import Cleaned, Cleaner, Reaction, fold, tokens
from tests.support.reading_rules import shipped_rules

OUR_TEXT = "How is your skin today? Reply 1 calming down, 2 no change, 3 getting worse."


def cleaned(text: str) -> Cleaned:
    return Cleaner(shipped_rules().marks).clean(text, [OUR_TEXT])


@pytest.mark.parametrize(
    "text",
    [
        f"Liked “{OUR_TEXT}”",
        f'Liked "{OUR_TEXT}"',
        f"Loved “{OUR_TEXT}”",
        f"Ana liked “{OUR_TEXT}”",
        f"Le gustó “{OUR_TEXT}”",
    ],
)
def test_a_like_is_a_reaction(text: str) -> None:
    assert cleaned(text) == Cleaned("", Reaction.LIKED)


@pytest.mark.parametrize("text", [f"Questioned “{OUR_TEXT}”", f"Disliked “{OUR_TEXT}”"])
def test_a_question_mark_on_a_message_is_unsure(text: str) -> None:
    assert cleaned(text).reaction is Reaction.UNSURE


def test_what_is_written_below_a_reaction_is_read() -> None:
    assert cleaned(f"Liked “{OUR_TEXT}”\nthere is pus") == Cleaned("there is pus")


@pytest.mark.parametrize(
    "text",
    [
        f"there is pus\n> {OUR_TEXT}",
        f"> {OUR_TEXT}\nthere is pus",
        f"there is pus\nOn Mon, May 4, Clinic wrote:\n{OUR_TEXT}",
        f"there is pus\nEl lun, 4 may, la clínica escribió:\n{OUR_TEXT}",
        f"there is pus\n-----Original message-----\n{OUR_TEXT}",
    ],
)
def test_quotes_are_taken_out(text: str) -> None:
    assert cleaned(text).text == "there is pus"


@pytest.mark.parametrize(
    "text",
    [
        "there is pus\nSent from my iPhone",
        "there is pus\n-- \nSent from my phone",
        "there is pus\nEnviado desde mi iPhone",
        "there is pus\nGet Outlook for Android",
    ],
)
def test_signatures_of_phones_are_taken_out(text: str) -> None:
    assert cleaned(text).text.rstrip("-– \n") == "there is pus"


@pytest.mark.parametrize(
    "text",
    [
        f"{OUR_TEXT}\nthere is pus",
        "How is your skin today? Reply 1\nthere is pus",
        "“Reply 1 calming down, 2 no change”\nthere is pus",
    ],
)
def test_copies_of_our_own_text_are_taken_out(text: str) -> None:
    assert cleaned(text).text == "there is pus"


def test_a_short_line_that_our_text_has_too_is_the_patients_own() -> None:
    assert cleaned("getting worse").text == "getting worse"


def test_one_word_a_line_is_one_sentence() -> None:
    assert cleaned("there\nis\npus").text == "there is pus"


@pytest.mark.parametrize(("text", "word"), [("good 😢", "emosad"), ("good :(", "emosad")])
def test_emoji_become_words(text: str, word: str) -> None:
    assert cleaned(text).text.split() == ["good", word]


def test_skin_tones_and_invisible_characters_say_nothing() -> None:
    assert cleaned("👍🏽") == cleaned("👍")
    assert cleaned("pu\u200bs").text == "pus"


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Fiebre ALTA", "fiebre alta"), ("más", "mas"), ("can’t", "can't"), ("38º", "38°"),
     ("\uff50\uff55\uff53", "pus"), ("año", "ano")],
)  # fmt: skip
def test_capitals_accents_and_kinds_of_quotes_are_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it's sooo red!!", ["its", "soo", "red", "!", "!"]),
        ("can't", ["cant"]),
        ("i'll call", ["i", "will", "call"]),
        ("w/o fever", ["without", "fever"]),
        ("38.5c", ["38.5", "c"]),
        ("the nurse's", ["the", "nurse"]),
        ("pus\nfever", ["pus", "\n", "fever"]),
    ],
)
def test_a_text_is_split_into_words_numbers_and_marks(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def test_digits_in_a_word_are_read_as_its_characters() -> None:
    assert tokens("w0rse amp0llas 38c h2o") == ["worse", "ampollas", "38", "c", "h", "2", "o"]
