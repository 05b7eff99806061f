import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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


def _bodies(text: str, folder: Path) -> list[dict[str, Any]]:
    """What the printed commands post, when a shell reads them."""
    commands = "\n".join(re.findall(r"^  (.*)$", text.partition("Ask about")[2], re.MULTILINE))
    answer = '{"enrollment": {"id": "Xyz"}}'
    curl = f"""curl() {{ printf '%s\\0' "${{@: -1}}" >> {folder}/posted; echo '{answer}'; }}"""
    script = f"{curl}\n{commands}"
    subprocess.run(["/bin/bash", "-c", script], check=True, capture_output=True)  # noqa: S603 - what we print ourselves
    posted = (folder / "posted").read_bytes().rstrip(b"\0").split(b"\0")
    return [msgspec.json.decode(body) for body in posted]


def test_prints_four_commands_that_post_json(tmp_path: Path) -> None:
    assert [sorted(body) for body in _bodies(_text(), tmp_path)] == [
        ["query"],
        ["query", "variables"],
        ["query", "variables"],
        ["query", "variables"],
    ]


def test_the_patients_id_goes_from_the_first_answer_into_the_second_command(
    tmp_path: Path,
) -> None:
    assert _bodies(_text(), tmp_path)[2]["variables"]["input"]["patientId"] == "Xyz"


def test_the_enrollments_id_goes_from_its_answer_into_the_command_after_the_visit(
    tmp_path: Path,
) -> None:
    recorded = _bodies(_text(), tmp_path)[3]["variables"]["input"]
    assert recorded == {
        "enrollmentId": "Xyz",
        "state": "PERFORMED",
        "endedAt": "2026-03-31T15:50:00Z",
    }


def test_the_procedure_lies_thirty_days_ahead_at_eleven_at_the_clinic(tmp_path: Path) -> None:
    enrollment = _bodies(_text(), tmp_path)[2]["variables"]["input"]
    assert enrollment["procedureAt"] == "2026-03-31T15:00:00Z"


@pytest.mark.parametrize(
    ("is_first", "words"), [(True, "Its data is new."), (False, "was found again.")]
)
def test_says_whether_data_was_found(is_first: bool, words: str) -> None:  # noqa: FBT001 - a parameter of the test
    assert words in _text(is_first=is_first)


def test_says_how_fast_time_runs() -> None:
    assert "running 17280 times as fast as real time" in _text(rate=17_280.0)
