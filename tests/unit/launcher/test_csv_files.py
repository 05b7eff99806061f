from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.privacy import Row, RowFault
from services.launcher.faults import LauncherFault
from services.launcher.file_import import CsvFile


def written(folder: Path, text: str | bytes) -> CsvFile:
    path = folder / "rows.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return CsvFile.open(path)


def rows(file: CsvFile) -> list[tuple[int, dict[str, str] | None]]:
    return [(row.line, row.values if isinstance(row, Row) else None) for row in file.rows()]


def test_reads_what_spreadsheets_write(tmp_path: Path) -> None:
    file = written(tmp_path, b'\xef\xbb\xbfReference,Name\r\nP-1,"Lee, ""Bo"""\r\nP-2,\r\n')

    assert file.columns == ("reference", "name")
    assert rows(file) == [(2, {"reference": "P-1", "name": 'Lee, "Bo"'}), (3, {"reference": "P-2"})]


def test_a_row_is_known_by_the_line_it_starts_on(tmp_path: Path) -> None:
    file = written(tmp_path, 'reference,name\n\nP-1,"two\nlines"\n\nP-2,Bo\n')

    assert [line for line, _ in rows(file)] == [3, 6]
    assert file.count() == 2


def test_a_row_of_another_length_is_told_without_its_text(tmp_path: Path) -> None:
    file = written(tmp_path, "reference,name\nP-1,Bo,extra\n")

    assert list(file.rows()) == [
        RowFault(line=2, column=None, reason="It has 3 cells, and the first line has 2.")
    ]


def test_a_reference_is_of_one_row_only(tmp_path: Path) -> None:
    file = written(tmp_path, "reference\nP-1\nP-1\n")

    assert list(file.rows())[1] == RowFault(
        line=3, column="reference", reason="Line 2 has the same one."
    )


def test_a_cell_of_excessive_length_is_a_fault(tmp_path: Path) -> None:
    (fault,) = written(tmp_path, f"reference\n{'x' * 10_001}\n").rows()

    assert isinstance(fault, RowFault)
    assert fault.column == "reference"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"reference\nP-\xff1\n", "not UTF-8"),
        (b'reference,name\nP-1,"Marlowe" Quill\n', "no CSV from line 2 on"),
    ],
)
def test_what_is_no_such_file_is_said_without_its_text(
    tmp_path: Path, text: bytes, message: str
) -> None:
    with pytest.raises(LauncherFault, match=message) as refused:
        list(written(tmp_path, text).rows())

    assert "Marlowe" not in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LauncherFault, match="No such file"):
        CsvFile.open(tmp_path / "nowhere.csv")


@given(content=st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_fault_that_says_why(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        reports = list(written(tmp_path_factory.mktemp("any"), content).rows())
    except LauncherFault:
        return
    assert all(isinstance(report, Row | RowFault) for report in reports)
