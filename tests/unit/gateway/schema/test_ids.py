import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.schema import ids

PARTS = st.text(st.characters(exclude_characters=":", codec="utf-8"), min_size=1, max_size=20)


@given(st.lists(PARTS, min_size=2, max_size=4))
def test_an_id_is_read_as_it_was_written(parts: list[str]) -> None:
    kind, *key = parts
    assert ids.decode(ids.encode(kind, *key)) == (kind, key)


@given(st.text(max_size=60))
def test_whatever_is_sent_either_was_written_by_us_or_is_none(text: str) -> None:
    decoded = ids.decode(text)
    assert decoded is None or ids.encode(decoded[0], *decoded[1]) == text


@pytest.mark.parametrize(
    "text",
    ["", "garbage", "====", "UGF0aWVudDoxMg==", "UGF0aWVudA", "\u00e9", "A" * 1_000, "UGF0 aWVu"],
)
def test_what_we_do_not_write_is_none(text: str) -> None:
    assert ids.decode(text) is None


def test_a_number_is_found_behind_an_id_of_its_type() -> None:
    assert ids.decode_number("Patient", ids.encode("Patient", 12)) == 12


@pytest.mark.parametrize("key", ["0", "-1", "012", "+1", "1.0", "x", "９", str(2**63)])  # noqa: RUF001 - a full-width digit
def test_a_number_has_one_form(key: str) -> None:
    assert ids.decode_number("Patient", ids.encode("Patient", key)) is None


def test_an_id_of_another_type_has_no_number() -> None:
    assert ids.decode_number("Patient", ids.encode("Enrollment", 12)) is None
