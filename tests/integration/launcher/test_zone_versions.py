"""Processes of ours under a misleading environment: another zone tree, another package."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tzdata

from services.launcher.programs import command
from tests.support.processes.process_stack import ROOT, ProcessStack
from tests.support.zone_package import zone_package

# Zones, and those whose rules the misleading data has for them.
MISLEADING = {
    "America/Vancouver": "Asia/Tokyo",
    "America/Edmonton": "Asia/Tokyo",
    "America/Havana": "Asia/Tokyo",
    "Africa/Casablanca": "Asia/Tokyo",
}
SHOWS_AN_OFFSET = """
from datetime import datetime
from zoneinfo import ZoneInfo
from services.launcher.main import cli
try:
    cli(["catalog", "list", "--help"], prog_name="afterglow")
except SystemExit:
    print(datetime(2027, 1, 5, tzinfo=ZoneInfo("{zone}")).strftime("%z"))
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[ProcessStack]:
    with ProcessStack(is_durable=False) as stack:
        yield stack


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return zone_package(tmp_path, "2001a", MISLEADING)


def afterglow(stack: ProcessStack, *words: str, **env: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        command(*words), env=stack.env | env, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("zone", MISLEADING)
def test_another_zone_tree_is_not_read(zone: str, other: Path) -> None:
    def offset(env: dict[str, str]) -> str:
        done = subprocess.run(  # noqa: S603 - the interpreter that runs us
            [sys.executable, "-c", SHOWS_AN_OFFSET.format(zone=zone)],
            env={"PYTHONPATH": str(ROOT)} | env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.splitlines()[-1]

    misled = offset({"PYTHONTZPATH": str(other / "tzdata" / "zoneinfo")})

    assert misled == offset({}) != "+0900"


def test_doctor_names_the_version(stack: ProcessStack) -> None:
    assert f"ok    time zones {tzdata.IANA_VERSION}" in afterglow(stack, "doctor")


def test_doctor_finds_a_process_that_was_not_restarted(stack: ProcessStack, other: Path) -> None:
    older = f"{other}:{ROOT}"
    service = stack.afterglow("reminders", "serve", "reminders", PYTHONPATH=older).start()
    try:
        service.wait_ready()
        printed = ""
        for _ in range(20):
            printed = afterglow(stack, "doctor")
            if "WRONG time zones" in printed:
                break
    finally:
        service.end()

    assert "reminders still uses 2001a. Restart every process" in printed
