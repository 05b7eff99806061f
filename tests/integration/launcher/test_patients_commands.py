"""The commands by which a clinic's data goes out and comes in, against a running service."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.chassis.settings import load
from services.launcher.main import cli
from services.reminders.settings import RemindersSettings
from services.reminders.wiring import open_service

Run = Callable[..., Result]
HEADER = (
    "reference,name,phone,consent_channels,consent_method,consent_wording,"
    "consent_obtained_at,consent_source,consent_evidence\n"
)
PROOF = "SMS,PAPER,2026-1,2025-03-01T10:00:00Z,intake form,drawer 3"


@pytest.fixture
def run(postgres_url: str, redis_url: str, data_keys: str, index_keys: str) -> Iterator[Run]:
    """Runs `afterglow` over a service that answers, with a clinic of a US number."""
    env = {
        "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys, "SECRET_KEY": "s" * 32, "TWILIO_FROM": "+12025550100",
    }  # fmt: skip
    parts = open_service(load(RemindersSettings, env))
    parts.server.start()

    def run(*words: str) -> Result:
        return CliRunner(env=env).invoke(cli, words)

    run("clinics", "create", "Rowan", "--zone", "America/New_York", "--country", "US")
    yield run
    parts.close()


def file(folder: Path, *rows: str) -> str:
    path = folder / "patients.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return str(path)


def test_patients_come_in_and_go_out(run: Run, tmp_path: Path) -> None:
    path = file(tmp_path, f"P-1,Marlowe,+12025558467,{PROOF}", f"P-2,Quill,123,{PROOF}")

    rehearsed = run("patients", "import", path, "--clinic", "Rowan", "--dry-run")
    imported = run("patients", "import", path, "--clinic", "Rowan")
    again = run("patients", "import", path, "--clinic", "Rowan")
    exported = run("patients", "export", "--clinic", "Rowan", "--reference", "P-1")
    noted = run("patients", "audit", "--clinic", "Rowan", "--reference", "P-1")

    assert "1 would be added, 0 there already, 1 refused." in rehearsed.stdout
    assert "1 added, 0 there already, 1 refused." in imported.stdout
    assert "line 3, phone:" in imported.stdout
    assert "Quill" not in imported.output
    assert imported.exit_code == 1
    assert "going on after line 3" in again.stderr
    assert "line 3, phone:" in again.stdout
    export = json.loads(exported.stdout)
    assert (export["patient"]["display_name"], export["consent_proofs"][0]["evidence"]) == (
        "Marlowe",
        "drawer 3",
    )
    assert [line.split("\t")[4] for line in noted.stdout.splitlines()] == [
        "ExportPatient",
        "ImportPatient",
    ]


def test_more_rows_than_one_ask_takes(run: Run, tmp_path: Path) -> None:
    rows = (f"P-{n},,+1202555{n:04},,,,,," for n in range(1000, 1250))

    result = run("patients", "import", file(tmp_path, *rows), "--clinic", "Rowan")

    assert "250 added" in result.stdout
    assert result.exit_code == 0


def test_refused_lines_are_told_in_the_order_of_the_file(run: Run, tmp_path: Path) -> None:
    path = file(
        tmp_path,
        f"P-1,,123,{PROOF}",
        "P-2,,,,,,,,,too many",
        f"P-3,,123,{PROOF}",
        "P-4,,,,,,,,,too many",
    )
    asked = ("patients", "import", path, "--clinic", "Rowan")

    outputs = [run(*asked).stdout for _ in ("at first", "going on")]

    for output in outputs:
        lines = [line for line in output.splitlines() if line.startswith("line ")]
        assert [line[:6] for line in lines] == ["line 2", "line 3", "line 4", "line 5"]


def test_barred_addresses_come_in(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "barred.csv"
    path.write_text("channel,address,reason\nSMS,+12025558467,OPT_OUT\nSMS,nobody,OPT_OUT\n")

    result = run("suppressions", "import", str(path), "--clinic", "Rowan")

    assert "1 added, 0 there already, 1 refused." in result.stdout
    assert "nobody" not in result.output


def test_how_long_data_is_kept_is_shown_and_set(run: Run) -> None:
    shown = run("patients", "retention", "--clinic", "Rowan", "--set", "bodies=90")

    assert "bodies\t90 days\tthe clinic's own\t0 overdue" in shown.stdout
    assert "audit\t2190 days\tby default\t0 overdue" in shown.stdout
    assert (
        "30 days at least"
        in run("patients", "retention", "--clinic", "Rowan", "--set", "bodies=1").output
    )


@pytest.mark.parametrize("days", ["36501", "99999999999", "9" * 5000])
def test_nothing_is_kept_longer_than_a_hundred_years(run: Run, days: str) -> None:
    result = run("patients", "retention", "--clinic", "Rowan", "--set", f"audit={days}")

    assert "Keep it 36,500 days at most." in result.output
    assert result.exit_code == 1


def test_a_patient_who_is_not_there_is_said(run: Run) -> None:
    result = run("patients", "export", "--clinic", "Rowan", "--reference", "P-9")

    assert "no such patient of the kind live, which was searched" in result.output
    assert "--kind (test, allowlist)" in result.output
    assert result.exit_code == 1


def test_a_live_patient_is_not_among_those_of_test_keys(run: Run, tmp_path: Path) -> None:
    run("patients", "import", file(tmp_path, "P-1,,+12025558467,,,,,,"), "--clinic", "Rowan")

    for command in ("export", "audit"):
        asked = ("patients", command, "--clinic", "Rowan", "--reference", "P-1", "--kind", "test")
        assert "no such patient" in run(*asked).output
