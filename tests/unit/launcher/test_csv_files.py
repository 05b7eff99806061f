from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.privacy import Row, RowFault
from services.launcher.csv_file import CsvFile
from services.launcher.faults import LauncherFault


def written(folder: Path, text: str | bytes, country: str = "PT") -> CsvFile:
    path = folder / "rows.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return CsvFile.open(path, country=country)


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


def test_a_cell_without_a_column_is_told_without_its_text(tmp_path: Path) -> None:
    file = written(tmp_path, "reference,name\nP-1,Bo,extra\n")

    reason = "Cell 3 has content, but the first line names no column there."
    assert list(file.rows()) == [RowFault(line=2, column=None, reason=reason)]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_a_row_with_another_separator_is_no_reference(tmp_path: Path, mark: str) -> None:
    file = written(tmp_path, f"reference,name,phone\nP-1,Bo,1\nP-2{mark}Al{mark}2\nP-3;x\n")

    reason = "Its cells are separated in another way than those of the first line."
    _, fault, short = file.rows()
    assert fault == RowFault(line=3, column=None, reason=reason)
    assert isinstance(short, Row)


def test_a_reference_is_of_one_row_only(tmp_path: Path) -> None:
    file = written(tmp_path, "reference\nP-1\nP-1\n")

    assert list(file.rows())[1] == RowFault(
        line=3, column="reference", reason="Line 2 has the same one."
    )


def test_a_cell_of_excessive_length_is_a_fault(tmp_path: Path) -> None:
    (fault,) = written(tmp_path, f"reference\n{'x' * 10_001}\n").rows()

    assert isinstance(fault, RowFault)
    assert fault.column == "reference"


def test_a_mark_that_is_never_closed_costs_one_row_of_a_long_file(tmp_path: Path) -> None:
    lines = ['P-0,"never closed', *(f"P-{number},Bo" for number in range(1, 1000))]
    file = written(tmp_path, "reference,name\n" + "\n".join(lines))

    assert [line for line, values in rows(file) if values is None] == [2]
    assert file.count() == 1000


def test_what_may_be_the_rest_of_a_broken_row_is_no_row(tmp_path: Path) -> None:
    file = written(
        tmp_path, 'reference,name,email\nP-1,"Ana\nMaria "M" Lee",a@b.example\nP-2,Bo,\n'
    )

    assert rows(file) == [(2, None), (3, None), (4, {"reference": "P-2", "name": "Bo"})]


@pytest.mark.parametrize("country", ["PL", "GR", "RU", "JP", "TR"])
def test_another_code_page_than_1252_is_not_guessed(tmp_path: Path, country: str) -> None:
    with pytest.raises(LauncherFault, match="not UTF-8: save it as “CSV UTF-8”"):
        written(tmp_path, b"reference,name\nP-1,Jos\xe9\n", country)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04 and so on", "is a spreadsheet: save it as"),
        (b"\xd0\xcf\x11\xe0 and so on", "is a spreadsheet: save it as"),
    ],
)
def test_what_is_no_such_file_is_said(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(LauncherFault, match=message):
        written(tmp_path, text)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LauncherFault, match="No such file"):
        CsvFile.open(tmp_path / "nowhere.csv", country="PT")


@given(content=st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_fault_that_says_why(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        reports = list(written(tmp_path_factory.mktemp("any"), content).rows())
    except LauncherFault:
        return
    assert all(isinstance(report, Row | RowFault) for report in reports)


cells = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12).filter(
    lambda cell: cell == cell.strip() and not cell.startswith("=")
)


@given(
    table=st.lists(st.tuples(cells, cells), unique_by=lambda row: row[0], max_size=6),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_a_sound_file_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, str]],
    separator: str,
    encoding: str,
) -> None:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in table]
    text = "\r\n".join(separator.join(row) for row in (["reference", "name"], *quoted))

    file = written(tmp_path_factory.mktemp("sound"), text.encode(encoding))

    assert [tuple(values.values()) for _, values in rows(file) if values] == table
