import re
import shlex
from datetime import UTC, datetime

import msgspec
import pytest

from services.chassis.clock import ClockReading
from services.launcher.welcome import welcome

_NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def _text(*, rate: float = 1.0, is_first: bool = True) -> str:
    return welcome(
        graphql_url="http://127.0.0.1:8000/graphql",
        sandbox_url="http://127.0.0.1:8025",
        key="ag_test_key",
        clock=ClockReading(_NOW, _NOW, rate),
        is_first=is_first,
    )


def _bodies(text: str) -> list[dict[str, object]]:
    """What the printed commands post, as a shell would read them."""
    lines = [line.strip() for line in text.splitlines() if "curl " in line]
    words = [shlex.split(re.sub(r"^PATIENT=\$\((.*)\)$", r"\1", line)) for line in lines]
    return [msgspec.json.decode(each[each.index("-d") + 1]) for each in words]


def test_prints_three_commands_that_post_json() -> None:
    assert [sorted(body) for body in _bodies(_text())] == [
        ["query"],
        ["query", "variables"],
        ["query", "variables"],
    ]


def test_the_procedure_lies_thirty_days_ahead_in_product_time() -> None:
    enrollment = _bodies(_text())[2]["variables"]
    assert "2026-03-31T12:00:00Z" in str(enrollment)


@pytest.mark.parametrize(
    ("is_first", "words"), [(True, "Its data is new."), (False, "was found again.")]
)
def test_says_whether_data_was_found(is_first: bool, words: str) -> None:  # noqa: FBT001 - a parameter of the test
    assert words in _text(is_first=is_first)


def test_says_how_fast_time_runs() -> None:
    assert "running 17280 times as fast as real time" in _text(rate=17_280.0)
