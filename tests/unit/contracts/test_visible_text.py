"""What shows nothing is not sent."""

import pytest

from services.contracts.visible_text import visible, visible_line

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("character", [*BIDI, "\u200b", "\u2060", "\ufeff", "\u00ad", "\u3164"])
def test_an_invisible_character_goes(character: str) -> None:
    assert visible(f"Ro{character}wan") == "Rowan"


@pytest.mark.parametrize("control", ["\x00", "\x08", "\x1b", "\x7f", "\x9f"])
def test_a_control_character_goes(control: str) -> None:
    assert visible(f"Ro{control}wan") == "Rowan"


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\u2028", "\u2029", "\u0085", "\n"])
def test_lines_end_in_one_way(line_break: str) -> None:
    assert visible(f"one{line_break}two") == "one\ntwo"


@pytest.mark.parametrize("written", ["e\u0301", "n\u0303", "u\u0308", "A\u030a"])
def test_accents_are_composed(written: str) -> None:
    assert len(visible(written)) == 1


@pytest.mark.parametrize(
    "joined",
    ["می\u200cخواهم", "क\u094d\u200dष", "\U0001f469\u200d\u2695\ufe0f"],  # noqa: RUF001 - what people write
)
def test_joiners_of_scripts_and_emoji_stay(joined: str) -> None:
    assert "\u200c" in visible(joined) or "\u200d" in visible(joined)


@pytest.mark.parametrize("hidden", ["a\u200db", "\u200ca", "1\u200c2"])
def test_joiners_between_latin_characters_go(hidden: str) -> None:
    assert visible(hidden).isascii()


def test_a_line_is_one_line() -> None:
    assert visible_line(" Rowan\r\nClinic\t ") == "Rowan Clinic"
