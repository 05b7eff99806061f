from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.launcher.commands.clock import parse_duration, parse_step
from services.launcher.faults import LauncherFault
from services.launcher.home import Home
from services.launcher.main import cli

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _run(*words: str, home: Path) -> Result:
    return CliRunner(env={"AFTERGLOW_HOME": str(home)}).invoke(cli, words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P1D", timedelta(days=1)),
        ("PT24H", timedelta(hours=24)),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("P2W", timedelta(weeks=2)),
        ("24h", timedelta(hours=24)),
        ("90m", timedelta(minutes=90)),
        ("3d", timedelta(days=3)),
    ],
)
def test_reads_a_duration(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "1", "tomorrow", "-1d", "P1Y", "99999999d"])
def test_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(LauncherFault, match="is neither a duration"):
        parse_duration(text)


def test_reads_an_instant_as_the_time_until_then() -> None:
    assert parse_step("2026-03-01T15:00:00Z", _NOW) == timedelta(hours=3)


@pytest.mark.parametrize("text", ["-P1D", "2026-03-01T11:00:00Z"])
def test_refuses_to_go_back_in_time(text: str) -> None:
    with pytest.raises(LauncherFault, match="never goes back"):
        parse_step(text, _NOW)


def test_refuses_an_instant_without_offset() -> None:
    with pytest.raises(LauncherFault, match="is neither a duration"):
        parse_step("2026-03-01T15:00:00", _NOW)


@pytest.mark.parametrize(
    "words",
    [
        ("clinics", "list"),
        ("keys", "list"),
        ("catalog", "publish"),
        ("clock", "show"),
        ("doctor",),
        ("serve", "content"),
    ],
    ids=" ".join,
)
def test_says_so_when_nothing_runs(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = _run(*words, home=tmp_path / "home")
    assert (result.exit_code, "Nothing runs from" in result.output) == (1, True)


def test_looking_for_a_home_makes_none(tmp_path: Path) -> None:
    _run("clinics", "list", home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_refuses_a_second_launcher_in_the_same_home(tmp_path: Path) -> None:
    with Home(tmp_path / "home").locked():
        result = _run("up", home=tmp_path / "home")
    assert (result.exit_code, "is running from" in result.output) == (1, True)


def test_says_which_setting_is_wrong(tmp_path: Path) -> None:
    runner = CliRunner(env={"AFTERGLOW_HOME": str(tmp_path), "GATEWAY_BIND": "nowhere"})
    assert "GATEWAY_BIND is not usable: write it as host:port" in runner.invoke(cli, "up").output


@pytest.mark.parametrize(
    "words",
    [("--role", "STAFF"), ("--role", "OPERATOR", "--clinic", "Rowan Clinic")],
    ids=["staff", "operator"],
)
def test_a_key_belongs_to_a_clinic_unless_it_is_an_operators(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    result = _run("keys", "create", "--kind", "test", *words, home=tmp_path / "home")
    assert "for every role but OPERATOR" in result.output
