from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT0S", timedelta()),
        ("PT24H", timedelta(hours=24)),
        ("P3D", timedelta(days=3)),
        ("P1DT12H30M", timedelta(days=1, hours=12, minutes=30)),
        ("-PT48H", -timedelta(hours=48)),
    ],
)
def test_reads_a_duration(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "24H", "P1M", "P1Y", "P2W", "PT1.5H", "P1D ", "--P1D"]
)
def test_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["P3661D", "P99999999999999999999D"])
def test_refuses_what_is_longer_than_ten_years(text: str) -> None:
    with pytest.raises(ValueError, match="longer than ten years"):
        parse_duration(text)


@given(st.integers(0, 3000), st.integers(0, 23), st.integers(0, 59))
def test_reads_back_what_was_written(days: int, hours: int, minutes: int) -> None:
    length = timedelta(days=days, hours=hours, minutes=minutes)

    assert parse_duration(f"P{days}DT{hours}H{minutes}M") == length


class NotAllowed(Exception):
    pass


def allowed(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as fault:
        raise NotAllowed from fault


@given(st.from_regex(r"-?P([0-9]{1,3}[WDMY])?(T([0-9]{1,2}H)?([0-9]{1,2}[MS])?)?", fullmatch=True))
def test_reads_a_duration_as_another_parser_does(text: str) -> None:
    with suppress(NotAllowed):
        length = allowed(text)
        assert msgspec.convert(text, timedelta) == length
