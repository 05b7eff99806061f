from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import ClinicRecord, CreateClinic, KeptClinic, QuietHours
from services.launcher.main import cli

_CLINIC = ClinicRecord(
    id=7,
    name="Alder Clinic",
    time_zone="America/Chicago",
    locale="en",
    country="US",
    emergency_number="911",
    phone=None,
    quiet_hours=QuietHours(start=time(20), end=time(9)),
)


class FakeClient:
    """Answers every question with the same."""

    def __init__(self, reply: msgspec.Struct) -> None:
        self._reply = reply

    def ask(self, question: CreateClinic) -> msgspec.Struct:
        assert question.country == "US"
        return self._reply


def _create(monkeypatch: pytest.MonkeyPatch, reply: msgspec.Struct) -> Result:
    @contextmanager
    def asking() -> Iterator[FakeClient]:
        yield FakeClient(reply)

    monkeypatch.setattr("services.launcher.commands.clinics.asking", asking)
    words = ("clinics", "create", "Alder Clinic", "--zone", "America/Chicago", "--country", "us")
    return CliRunner().invoke(cli, words)


def test_prints_the_clinic_that_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _create(monkeypatch, _CLINIC)

    assert result.stdout == "7\tAlder Clinic\tAmerica/Chicago\tUS\tno phone\n"
    assert result.stderr == ""


def test_says_in_what_a_clinic_that_was_there_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptClinic(clinic=_CLINIC, differing=("time_zone", "phone"))

    result = _create(monkeypatch, kept)

    assert (result.exit_code, result.stdout.split("\t")[0]) == (0, "7")
    assert result.stderr == (
        "“Alder Clinic” was there already and was kept as it is: "
        "its time zone is America/Chicago, phone is not set.\n"
    )


def test_fails_with_the_words_of_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _create(monkeypatch, Refusal(code=UserErrorCode.INVALID, message="No such zone."))

    assert result.exit_code == 1
    assert "No such zone." in result.output


def test_changing_nothing_is_said_to_be_nothing() -> None:
    result = CliRunner().invoke(cli, ("clinics", "change", "Alder Clinic"))

    assert result.exit_code != 0
    assert "Nothing was given to change" in result.stderr
