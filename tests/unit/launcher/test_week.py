from datetime import date

import pytest

from services.contracts.clinic_hours import Closure
from services.launcher.faults import LauncherFault
from services.launcher.week import parse_closure, parse_hours, show_closure, show_hours


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (["mon 09:00-13:00 14:00-18:00"], ["mon 09:00-13:00 14:00-18:00"]),
        (["sat-mon 10:00-24:00"], ["mon 10:00-24:00", "sat 10:00-24:00", "sun 10:00-24:00"]),
        (["TUE 00:00-24:00"], ["tue 00:00-24:00"]),
        (["tue 14:00-18:00", "mon 20:00-02:00", "tue 09:00-13:00"],
         ["mon 20:00-02:00", "tue 09:00-13:00 14:00-18:00"]),
    ],
)  # fmt: skip
def test_hours_are_read_and_shown_by_day(written: list[str], shown: list[str]) -> None:
    assert list(show_hours(parse_hours(written))) == shown


@pytest.mark.parametrize(
    "text", ["", "mon", "monday 09:00-13:00", "mon 9-13", "mon 09:00-24:30", "fri-xyz 09:00-13:00"]
)
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(LauncherFault, match="write"):
        parse_hours([text])


def test_a_closure_is_a_day_or_several() -> None:
    day = parse_closure("2026-12-24", None)
    days = parse_closure("2026-12-24..2026-12-26", "Holidays")

    assert day == Closure(first_day=date(2026, 12, 24), last_day=date(2026, 12, 24))
    assert [show_closure(day), show_closure(days)] == [
        "2026-12-24",
        "2026-12-24..2026-12-26  Holidays",
    ]


def test_a_closure_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(LauncherFault, match="write them like"):
        parse_closure("christmas", None)
