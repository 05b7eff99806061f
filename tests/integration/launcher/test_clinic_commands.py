"""The commands by which operators keep clinics, against a running service."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from services.chassis.settings import load
from services.launcher.main import cli
from services.reminders.settings import RemindersSettings
from services.reminders.wiring import open_service

Run = Callable[..., str]
NAME = "Rowan Clinic"


@pytest.fixture
def run(postgres_url: str, redis_url: str, data_keys: str, index_keys: str) -> Iterator[Run]:
    """A command's output, over a service that answers; a refusal is output too."""
    env = {
        "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys, "SECRET_KEY": "s" * 32,
    }  # fmt: skip
    parts = open_service(load(RemindersSettings, env))
    parts.server.start()

    def call(*words: str) -> str:
        return CliRunner(env=env).invoke(cli, ["clinics", *words]).output

    call("create", NAME, "--zone", "Europe/Lisbon", "--country", "PT")
    yield call
    parts.close()


def test_hours_are_set_shown_and_cleared(run: Run) -> None:
    output = run(
        "hours", NAME, "--set", "mon-tue 09:00-13:00 14:00-18:00", "--set", "sat 10:00-14:00"
    )

    assert output.splitlines() == [
        "mon 09:00-13:00 14:00-18:00",
        "tue 09:00-13:00 14:00-18:00",
        "sat 10:00-14:00",
    ]
    assert run("hours", NAME) == output
    assert run("hours", NAME, "--clear") == "always\n"


def test_hours_that_overlap_are_refused(run: Run) -> None:
    output = run("hours", NAME, "--set", "mon 09:00-13:00 12:00-18:00")

    assert "overlap on Monday at 12:00" in output
    assert run("hours", NAME) == "always\n"


def test_closures_are_added_and_removed(run: Run) -> None:
    run("closures", NAME, "--add", "2027-01-01")
    output = run("closures", NAME, "--add", "2026-12-24..2026-12-26", "--note", "Holidays")

    assert output == "2026-12-24..2026-12-26  Holidays\n2027-01-01\n"
    assert run("closures", NAME, "--remove", "2026-12-24") == "2027-01-01\n"
    assert "No closure" in run("closures", NAME, "--remove", "2026-12-24")


def test_a_closure_that_ends_before_it_begins_is_refused(run: Run) -> None:
    assert "ends on its first day or later" in run(
        "closures", NAME, "--add", "2026-12-26..2026-12-24"
    )


def test_what_is_known_is_changed_and_shown(run: Run) -> None:
    run(
        "change", NAME, "--phone", "+351 210 000 000", "--quiet", "19:00-10:00", "--serves",
        "es,fr", "--out-of-hours", "Call 112.",
    )  # fmt: skip

    output = run("show", "1")

    for line in ("+351210000000", "19:00-10:00", "ES, FR", "Call 112.", "112"):
        assert line in output
    run("change", NAME, "--serves", "none", "--phone", "none", "--out-of-hours", "none")
    output = run("show", NAME)
    assert ("no other country" in output, "nothing said" in output) == (True, True)


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--phone", "+12025550143", "no number of PT"),
        ("--emergency-number", "one-one-two", "2 to 6 digits"),
        ("--quiet", "08:00-21:00", "leave no time"),
        ("--serves", "PT,XX", "ISO 3166"),
        ("--out-of-hours", "x" * 301, "1 to 300 characters"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, option: str, value: str, why: str) -> None:
    before = run("show", NAME)

    assert why in run("change", NAME, option, value)
    assert run("show", NAME) == before


def test_a_suspended_clinic_is_held_until_that_ends(run: Run, engine: sa.Engine) -> None:
    assert "is suspended" in run("suspend", NAME, "--reason", "unpaid")
    assert "is suspended" in run("suspend", NAME, "--reason", "again")
    holds = sa.text("select count(*) from reminders.hold where released_at is null")
    with engine.connect() as connection:
        assert connection.execute(holds).scalar_one() == 1

    assert "is at work" in run("suspend", NAME, "--end", "--reason", "paid")
    with engine.connect() as connection:
        assert connection.execute(holds).scalar_one() == 0
