"""Where a text is divided that a provider does not carry whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.sms.limits import (
    CARRIED,
    SmsLimit,
    all_parts,
    carried_by_all,
    fits,
    limit_of,
    next_part,
)

RED_FLAG = "Call us at once for fever, pus, or a rash that spreads."
STOP = "Reply STOP to opt out."
SENTENCES = " ".join(f"Advice number {number} tells you what to do." for number in range(70))
LONG = f"Rowan: {SENTENCES}\n{RED_FLAG} {STOP}"
NUMBERING = re.compile(r" \((\d+)/(\d+)\)$")


def texts(text: str, limit: SmsLimit) -> list[str]:
    return [part.text for part in all_parts(text, limit)]


LIMITS = [CARRIED, SmsLimit(parts=1), SmsLimit(parts=3), SmsLimit(parts=24, characters=400)]


@pytest.mark.parametrize("limit", LIMITS)
def test_each_part_is_carried_whole(limit: SmsLimit) -> None:
    assert all(fits(text, limit) for text in texts(LONG, limit))
    assert len(texts(LONG, limit)) > 1


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("sentence", [RED_FLAG, STOP])
def test_the_red_flags_and_the_way_out_are_never_cut(limit: SmsLimit, sentence: str) -> None:
    assert sum(sentence in text for text in texts(LONG, limit)) == 1


@pytest.mark.parametrize("limit", LIMITS)
def test_no_sentence_is_cut_that_a_part_has_room_for(limit: SmsLimit) -> None:
    parts = texts(LONG, limit)

    assert all(
        any(f"Advice number {number} tells you what to do." in part for part in parts)
        for number in range(70)
    )


def test_a_long_list_of_signs_is_whole_though_the_first_part_is_short() -> None:
    flags = "Call 911: " + "; ".join(f"sign number {number}" for number in range(8)) + "."
    text = f"Rowan: Keep it dry. {flags} {STOP}"

    assert [flags in part for part in texts(text, SmsLimit(parts=1))].count(True) == 1


def test_the_parts_say_which_they_are() -> None:
    numbers = [NUMBERING.search(text) for text in texts(LONG, SmsLimit(parts=10))]

    assert [match and match.groups() for match in numbers] == [
        (str(number), str(len(numbers))) for number in range(1, len(numbers) + 1)
    ]


def test_a_text_that_fits_is_left_alone() -> None:
    assert texts(f"Rowan: {RED_FLAG} {STOP}", SmsLimit(parts=1)) == [f"Rowan: {RED_FLAG} {STOP}"]


@pytest.mark.parametrize(
    "text",
    [
        "Клиника: " + "Не мочите кожу сегодня. " * 40 + STOP,  # noqa: RUF001 - what people write
        "光: " + "今日は肌を濡らさないでください。" * 60 + STOP,
        "Rowan 🌹: " + "Keep it dry today. " * 80 + STOP,
        "Rowan: " + "x" * 3000 + " " + STOP,
    ],
    ids=["cyrillic", "without spaces", "emoji", "one word"],
)
@pytest.mark.parametrize("limit", [SmsLimit(parts=3), SmsLimit(characters=400)])
def test_nothing_is_lost_in_any_script(text: str, limit: SmsLimit) -> None:
    parts = texts(text, limit)

    assert all(fits(part, limit) for part in parts)
    assert squeezed("".join(NUMBERING.sub("", part) for part in parts)) == squeezed(text)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(some.text(alphabet="ab .\n!Éé光😀e\u0301", min_size=1, max_size=600), some.integers(1, 4))
def test_any_text_comes_through(text: str, most: int) -> None:
    limit = SmsLimit(parts=most)
    parts = texts(text, limit)

    assert all(fits(part, limit) for part in parts)
    unnumbered = parts if len(parts) == 1 else [NUMBERING.sub("", part) for part in parts]
    assert squeezed("".join(unnumbered)) == squeezed(text)


def test_a_doctor_ends_no_sentence() -> None:
    text = "Rowan: " + "Keep it dry. " * 10 + "Ask for Dr. Ruiz or for Mrs. Stone on any day."

    assert not any(re.search(r"(Dr|Mrs)\.( \(|$)", part) for part in texts(text, SmsLimit(parts=1)))


def test_another_limit_later_neither_doubles_nor_loses() -> None:
    part = next_part(LONG, SmsLimit(parts=4))
    sent = [part]
    while part.until is not None:
        part = next_part(LONG, SmsLimit(characters=700), sent=len(sent), since=part.until)
        sent.append(part)

    whole = "".join(NUMBERING.sub("", part.text) for part in sent)
    assert squeezed(whole) == squeezed(LONG)


def test_a_sender_may_carry_more_or_less_than_is_usual() -> None:
    assert [limit_of(most).parts for most in (None, 3, 24)] == [10, 3, 24]


def test_what_all_senders_carry_is_the_least() -> None:
    assert carried_by_all([limit_of(24), limit_of(3), limit_of(None)]) == limit_of(3)
    assert carried_by_all([]) == CARRIED
