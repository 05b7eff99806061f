"""Where a text is divided that a provider does not carry whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.sms_limits import (
    LIMITS,
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


@pytest.mark.parametrize("provider", LIMITS)
def test_each_part_is_carried_whole(provider: str) -> None:
    limit = limit_of(provider)

    assert all(fits(text, limit) for text in texts(LONG, limit))
    assert len(texts(LONG, limit)) > 1


@pytest.mark.parametrize("provider", LIMITS)
@pytest.mark.parametrize("sentence", [RED_FLAG, STOP])
def test_the_red_flags_and_the_way_out_are_never_cut(provider: str, sentence: str) -> None:
    assert sum(sentence in text for text in texts(LONG, limit_of(provider))) == 1


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


def test_a_sender_may_carry_less_than_its_provider() -> None:
    assert limit_of("kannel", 3) == SmsLimit(parts=3)
    assert limit_of("twilio", 6) == SmsLimit(parts=6, characters=1600)


def test_what_all_senders_carry_is_the_least_of_each() -> None:
    assert carried_by_all([limit_of("kannel"), limit_of("twilio")]) == SmsLimit(
        parts=10, characters=1600
    )
