"""Files as people make them, through `afterglow patients import`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.chassis.settings import load
from services.contracts.reminders import FindPatient
from services.launcher.commands.patients import scope_of
from services.launcher.connection import service_client
from services.launcher.main import cli
from services.reminders.settings import RemindersSettings
from services.reminders.wiring import open_service
from tests.support.sloppy_files import OTHER, PHONE, SLOPPY_FILES, TIMES, SloppyFile, consented

Rows = dict[int, tuple[str, str | None] | None]


class Imports:
    """`afterglow` over a service that answers."""

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self._env = env
        self._path = folder / "patients.csv"

    def run(self, *words: str) -> Result:
        return CliRunner(env=self._env).invoke(cli, words)

    def rows(self, clinic: str, file: SloppyFile, *, country: str = "PT") -> Rows:
        """The references and names that came into a new clinic, by line; None if refused."""
        self.run("clinics", "create", clinic, "--zone", "Europe/Lisbon", "--country", country)
        self._path.write_bytes(file.content)
        result = self.run("patients", "import", str(self._path), "--clinic", clinic)
        faults = [line for line in result.stdout.splitlines() if line.startswith("line ")]
        refused = {int(line[5:].partition(":")[0].partition(",")[0]) for line in faults}
        assert f"{len(refused)} refused." in result.stdout, result.output
        return {
            line: None if line in refused else self._stored(clinic, *(row or ("?",)))
            for line, row in file.rows.items()
        } | dict.fromkeys(refused - set(file.rows))

    def _stored(self, clinic: str, reference: str, *_: str) -> tuple[str, str | None] | None:
        with service_client(self._env) as client:
            ask = FindPatient(scope=scope_of(client, clinic, "live"), reference=reference)
            patient = client.ask(ask)
        assert patient is not None, reference
        return reference, patient.display_name

    def texts(self, content: bytes, clinic: str, *words: str) -> list[str]:
        """What is printed about a file that is imported to a clinic."""
        self._path.write_bytes(content)
        return self.run(*words, str(self._path), "--clinic", clinic).output.splitlines()


@pytest.fixture
def imports(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str, tmp_path: Path
) -> Iterator[Imports]:
    env = {
        "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys, "SECRET_KEY": "s" * 32, "TWILIO_FROM": "+12025550100",
    }  # fmt: skip
    parts = open_service(load(RemindersSettings, env))
    parts.server.start()
    yield Imports(env, tmp_path)
    parts.close()


def test_every_sloppy_file_comes_in_but_for_its_bad_rows(imports: Imports) -> None:
    came_in = {name: imports.rows(name[:60], file) for name, file in SLOPPY_FILES.items()}

    assert came_in == {name: file.rows for name, file in SLOPPY_FILES.items()}


def test_a_time_in_doubt_is_no_consent_and_is_told_by_its_line(imports: Imports) -> None:
    imports.run("clinics", "create", "Rowan", "--zone", "Europe/Lisbon", "--country", "PT")

    printed = imports.texts(consented(*TIMES), "Rowan", "patients", "import")

    faults = [line.partition(":")[0] for line in printed if line.startswith("line ")]
    assert faults == [
        f"line {line}, consent_obtained_at"
        for line, is_certain in enumerate(TIMES.values(), 2)
        if not is_certain
    ]
    assert "A spreadsheet made a number of this" in printed[0]


def test_what_a_file_of_opt_outs_holds_is_read_as_sloppily(imports: Imports) -> None:
    imports.run("clinics", "create", "Rowan", "--zone", "Europe/Lisbon", "--country", "PT")
    listed = (
        "channel;address;reason;;\r\nSMS;912 345 678;opt-out\r\nsms;\u200b00351 912345679;Opt Out;;"
        "\r\nSMS;91234567B;OPT_OUT\r\nSMS;1.60123E+10;OPT_OUT\r\nemail;o’brien@example.com;opt-out"
    )

    printed = imports.texts(listed.encode("utf-16"), "Rowan", "suppressions", "import")

    assert printed[-1] == "3 added, 0 there already, 2 refused."
    assert [line.partition(":")[0] for line in printed if line.startswith("line ")] == [
        "line 4, address",
        "line 5, address",
    ]
    file = (
        f"reference,phone,email,{','.join(_PROOF)}\n"
        f"P-1,{PHONE},,SMS,{_PROVED}\nP-2,{OTHER},,SMS,{_PROVED}\n"
        f"P-3,,O'Brien@example.com,EMAIL,{_PROVED}\nP-4,+351934567890,,SMS,{_PROVED}\n"
    )
    printed = imports.texts(file.encode(), "Rowan", "patients", "import")
    assert [line.partition(":")[0] for line in printed if line.startswith("line ")] == [
        "line 2, consent_channels",
        "line 3, consent_channels",
        "line 4, consent_channels",
    ]


_PROOF = (
    "consent_channels", "consent_method", "consent_wording", "consent_source",
    "consent_obtained_at",
)  # fmt: skip
_PROVED = "paper,2026-1,form,2026-11-02T09:30:00+00:00"
