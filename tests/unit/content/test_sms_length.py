import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.domain.sms_length import segments, strange_characters


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the pair does not fit the first part's last place
    ],
)
def test_counts_parts_as_a_carrier_bills_them(text: str, parts: int) -> None:
    assert segments(text) == parts


@given(st.text("aé€[]", max_size=700), st.text("aé€[]", max_size=50))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)


def test_names_each_strange_character_once() -> None:
    assert strange_characters("don’t — don’t ç é à €") == "’—ç"
