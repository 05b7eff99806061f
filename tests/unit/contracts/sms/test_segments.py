import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.sms.segments import Encoding, count_segments, non_gsm_characters


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", Encoding.GSM_7, 0, 1),
        ("a" * 160, Encoding.GSM_7, 160, 1),
        ("a" * 161, Encoding.GSM_7, 161, 2),
        ("a" * 306, Encoding.GSM_7, 306, 2),
        ("a" * 307, Encoding.GSM_7, 307, 3),
        ("€" * 80, Encoding.GSM_7, 160, 1),
        ("€" * 81, Encoding.GSM_7, 162, 2),
        ("a" * 158 + "€", Encoding.GSM_7, 160, 1),
        ("a" * 159 + "€", Encoding.GSM_7, 161, 2),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM_7, 306, 3),
        ("ж" * 70, Encoding.UCS_2, 70, 1),
        ("ж" * 71, Encoding.UCS_2, 71, 2),
        ("ж" * 134, Encoding.UCS_2, 134, 2),
        ("ж" * 135, Encoding.UCS_2, 135, 3),
        ("😀" * 35, Encoding.UCS_2, 70, 1),
        ("😀" * 36, Encoding.UCS_2, 72, 2),
        ("ê" * 66 + "😀" + "ê" * 66, Encoding.UCS_2, 134, 3),
        ("a" * 159 + "\u2019", Encoding.UCS_2, 160, 3),
        ("éèùìòÇØøÅåÄÖÑÜäöñüß§¿¡£¥@_", Encoding.GSM_7, 26, 1),
        ("ç", Encoding.UCS_2, 1, 1),
    ],
)
def test_counts_as_the_standard_does(text: str, encoding: Encoding, units: int, parts: int) -> None:
    counted = count_segments(text)

    assert (counted.encoding, counted.units, counted.parts) == (encoding, units, parts)


@given(st.text(max_size=500))
def test_never_counts_fewer_parts_than_division_does(text: str) -> None:
    counted = count_segments(text)
    room = 153 if counted.encoding is Encoding.GSM_7 else 67

    assert counted.parts == 1 or counted.parts >= -(-counted.units // room)


@given(st.text("aé€[]ж", max_size=700), st.text("aé€[]ж", max_size=50))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert count_segments(text + more).parts >= count_segments(text).parts


def test_names_each_character_that_gsm_7_lacks_once() -> None:
    assert non_gsm_characters("don’t — don’t ç é à €") == "’—ç"


@given(st.text(max_size=400))
def test_a_text_is_gsm_7_if_it_lacks_none_of_its_characters(text: str) -> None:
    is_gsm_7 = count_segments(text).encoding is Encoding.GSM_7

    assert is_gsm_7 == (not non_gsm_characters(text))
