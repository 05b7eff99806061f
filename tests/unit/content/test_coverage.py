from pathlib import Path

import pytest
from click.testing import CliRunner

from services.content.domain.coverage import STATEMENTS, CoverageFile, cover_article
from services.content.source.reader import shipped_files
from services.contracts.content import Problem
from services.launcher.main import cli

COVERAGE = "coverage.yaml"
MICRONEEDLING = "procedures/microneedling.yaml"
_WHERE_NOW = "say where it is now, or correct the statement"


@pytest.fixture
def files() -> dict[str, str]:
    return shipped_files()


def gaps(files: dict[str, str]) -> list[str]:
    covered = cover_article(files)
    return [] if isinstance(covered, CoverageFile) else [_line(problem) for problem in covered]


def _line(problem: Problem) -> str:
    return f"{problem.where}: {problem.what}"


def replaced(files: dict[str, str], name: str, old: str, new: str) -> dict[str, str]:
    assert old in files[name]
    return files | {name: files[name].replace(old, new)}


def test_every_statement_is_carried_or_corrected(files: dict[str, str]) -> None:
    covered = cover_article(files)

    assert isinstance(covered, CoverageFile), covered
    assert len(covered.statements) == STATEMENTS


def test_every_correction_but_that_of_praise_is_shown_to_readers(files: dict[str, str]) -> None:
    covered = cover_article(files)

    assert isinstance(covered, CoverageFile)
    silent = [number for number, item in covered.corrections.items() if not item.shown]
    assert silent == ["X-11", "X-12"]


def test_a_statement_that_is_not_in_the_file_is_a_gap(files: dict[str, str]) -> None:
    lines = files[COVERAGE].splitlines(keepends=True)
    files[COVERAGE] = "".join(line for line in lines if "F-024:" not in line)

    assert [gap.partition(": ")[2] for gap in gaps(files)] == [
        "F-024 is missing; say where it is carried, or which correction it has"
    ]


def test_a_statement_neither_carried_nor_corrected_is_a_gap(files: dict[str, str]) -> None:
    files = replaced(files, COVERAGE, "{label: It is popular, corrected: X-11}", "{label: Popular}")

    (gap,) = gaps(files)
    assert gap.endswith("neither carried nor corrected; this is a gap")


def test_a_place_that_is_gone_is_a_gap_on_the_line_that_names_it(files: dict[str, str]) -> None:
    files = replaced(files, MICRONEEDLING, "- slug: stamp", "- slug: stamper")
    lines = files[COVERAGE].splitlines()
    line = 1 + next(n for n, text in enumerate(lines) if "devices.stamp" in text)

    assert gaps(files) == [
        f"{COVERAGE}:{line}: {MICRONEEDLING[:-5]} has no 'devices.stamp'; " + _WHERE_NOW
    ]


def test_a_place_that_no_longer_says_it_is_a_gap(files: dict[str, str]) -> None:
    files = replaced(files, MICRONEEDLING, "microneacdl, ", "")

    (gap,) = gaps(files)
    assert "none of the places says 'microneacdl'" in gap


def test_a_correction_that_does_not_exist_is_a_gap(files: dict[str, str]) -> None:
    files = replaced(
        files, COVERAGE, "{label: It is popular, corrected: X-11}", "{label: P, corrected: X-99}"
    )

    (gap,) = gaps(files)
    assert "unknown correction 'X-99'" in gap


def test_a_correction_of_nothing_is_told(files: dict[str, str]) -> None:
    files = replaced(
        files, COVERAGE, "statements:\n", "  X-99: {what: A, reason: B}\n\nstatements:\n"
    )

    (gap,) = gaps(files)
    assert "corrects no statement" in gap


@pytest.mark.parametrize("number", ["F-110", "G-1"])
def test_a_number_that_is_no_statement_is_told(files: dict[str, str], number: str) -> None:
    files[COVERAGE] += f"  {number}: {{label: A, corrected: X-11}}\n"

    (gap,) = gaps(files)
    assert number in gap


@pytest.mark.parametrize("text", ["- a", "statements: {", "corrections: {}\n"])
def test_a_file_that_cannot_be_read_is_told(files: dict[str, str], text: str) -> None:
    assert gaps(files | {COVERAGE: text})


def test_a_folder_without_the_file_is_told(files: dict[str, str]) -> None:
    del files[COVERAGE]

    (gap,) = gaps(files)
    assert "the file is missing" in gap


def test_the_command_prints_the_table() -> None:
    result = CliRunner().invoke(cli, ["catalog", "coverage"])

    assert result.exit_code == 0
    assert "F-109" in result.output
    assert f"{STATEMENTS} statements: no gap" in result.output


def test_the_command_fails_on_a_gap(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in replaced(files, MICRONEEDLING, "- slug: stamp", "- slug: press").items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    result = CliRunner().invoke(cli, ["catalog", "coverage", str(tmp_path)])

    assert (result.exit_code, "1 gaps in the coverage" in result.output) == (1, True)
