"""Reads CSV files (RFC 4180) and what spreadsheets make of them. Faults never quote a line."""

import csv
import hashlib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Self

import msgspec

from services.contracts.plain_text import without_invisible
from services.contracts.privacy import Row, RowFault
from services.launcher.faults import LauncherFault
from services.launcher.text_encoding import UNREADABLE, encoding_of, lines_of

_SEPARATORS: Final = ",;\t|"
_SURELY_SEPARATORS: Final = 2
"""In a cell that stands alone, so many of one kind are no part of it."""

_SEPARATOR_LINE: Final = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)
"""A first line by which Excel knows the separator."""

_TEXT_CELL: Final = re.compile(r'="(.*)"', re.DOTALL)
"""A formula that keeps a spreadsheet from reading a text as a number."""

_LONGEST_CELL: Final = 10_000
_MOST_LINES: Final = 100
"""Lines of one row. More of them begin with a quotation mark that is never closed."""

_NO_CONTENT: Final = "\0\x1a"  # the latter ends files of DOS

Record = tuple[int, list[str] | None]
"""The line that a record starts on, and its cells; None if its quotation marks do not pair."""


class CsvFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file whose first line names its columns. A column without a name holds nothing."""

    path: Path
    encoding: str
    separator: str
    columns: tuple[str, ...]
    digest: str

    @classmethod
    def open(cls, path: Path, *, country: str) -> Self:
        """Read the first line. `country` is where the file was written.

        Raises LauncherFault if there is no file, no text that can be read, or no first line.
        """
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            encoding = encoding_of(path, country=country)
            headers = {mark: _header(path, encoding, mark) for mark in _SEPARATORS}
        except OSError as fault:
            raise LauncherFault(f"Cannot read {path}: {fault.strerror}.") from None
        separator = max(headers, key=lambda mark: len(headers[mark]))
        return cls(
            path=path,
            encoding=encoding,
            separator=separator,
            columns=headers[separator],
            digest=digest,
        )

    def count(self) -> int:
        return sum(1 for _ in self._records()) - 1

    def rows(self) -> Iterator[Row | RowFault]:
        """Yield each row that is not blank, with the line that it starts on."""
        seen: dict[str, int] = {}
        records = self._records()
        next(records)
        is_after_broken = False
        for line, cells in records:
            is_after_broken = cells is None or (is_after_broken and len(cells) < len(self.columns))
            if cells is None or is_after_broken:
                yield RowFault(line=line, column=None, reason=_UNPAIRED)
            elif fault := _beyond(line, cells, self.columns) or _unsplit(line, cells, self.columns):
                yield fault
            else:
                named = zip(self.columns, map(_shown, cells), strict=False)  # short rows end early
                row = Row(line=line, values={name: cell for name, cell in named if cell.strip()})
                yield _unfit(row) or _repeated(row, seen) or row

    def _records(self) -> Iterator[Record]:
        return _records(lines_of(self.path, self.encoding), self.separator)


_UNPAIRED: Final = (
    "Its quotation marks do not pair, or a line before lacks one: write those inside a cell twice."
)


def _header(path: Path, encoding: str, separator: str) -> tuple[str, ...]:
    """The names of the columns, if that is the separator, without nameless ones at the end."""
    header = next(_records(lines_of(path, encoding), separator), None)
    if header is None:
        raise LauncherFault(f"{path} is empty: its first line must name the columns.")
    names = [_column_name(cell) for cell in header[1] or ()]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _column_name(cell: str) -> str:
    name = re.sub(r"[\s_-]+", "_", without_invisible(without_invisible(cell).strip("\"'")).lower())
    return "email" if name == "e_mail" else name


def _shown(cell: str) -> str:
    text_cell = _TEXT_CELL.fullmatch(cell.strip())
    return text_cell[1].replace('""', '"') if text_cell else cell


def _beyond(line: int, cells: Sequence[str], columns: Sequence[str]) -> RowFault | None:
    """The fault of a cell with content whose column has no name."""
    for place, cell in enumerate(cells, 1):
        if without_invisible(cell) and not "".join(columns[place - 1 : place]):
            reason = f"Cell {place} has content, but the first line names no column there."
            return RowFault(line=line, column=None, reason=reason)
    return None


def _unsplit(line: int, cells: Sequence[str], columns: Sequence[str]) -> RowFault | None:
    """The fault of a row that is a single cell, because it has another separator."""
    most = max(map(cells[0].count, _SEPARATORS))
    if len(columns) == 1 or most < _SURELY_SEPARATORS or any(map(without_invisible, cells[1:])):
        return None
    reason = "Its cells are separated in another way than those of the first line."
    return RowFault(line=line, column=None, reason=reason)


def _unfit(row: Row) -> RowFault | None:
    for column, cell in row.values.items():
        if UNREADABLE in cell:
            reason = "It has a character that cannot be read: save the file as “CSV UTF-8”."
            return RowFault(line=row.line, column=column, reason=reason)
        if len(cell) > _LONGEST_CELL:
            reason = f"At most {_LONGEST_CELL} characters, please."
            return RowFault(line=row.line, column=column, reason=reason)
    return None


def _repeated(row: Row, seen: dict[str, int]) -> RowFault | None:
    """A reference may be in one row only, because we cannot know which of two is right."""
    reference = without_invisible(row.values.get("reference", ""))
    if not reference:
        return None
    first = seen.setdefault(reference, row.line)
    if first == row.line:
        return None
    return RowFault(line=row.line, column="reference", reason=f"Line {first} has the same one.")


def _records(lines: Iterator[str], separator: str) -> Iterator[Record]:
    """Yield each record that is not blank. One that is no CSV costs its own line only."""
    waiting: deque[str] = deque()
    number = 1
    while consumed := _next_line(waiting, lines):
        try:
            cells: list[str] | None = next(_reader(_fed(consumed, waiting, lines), separator), [])
        except csv.Error:
            cells = None
            waiting.extendleft(reversed(consumed[1:]))
            del consumed[1:]
        if number == 1 and _SEPARATOR_LINE.fullmatch(without_invisible(consumed[0])):
            cells = []
        if cells is None or any(without_invisible(cell).strip(_NO_CONTENT) for cell in cells):
            yield number, cells and _split(cells, separator)
        number += len(consumed)


def _next_line(waiting: deque[str], lines: Iterator[str]) -> list[str]:
    """The next line, if there is one."""
    if waiting:
        return [waiting.popleft()]
    return [line for line in (next(lines, None),) if line is not None]


def _fed(consumed: list[str], waiting: deque[str], lines: Iterator[str]) -> Iterator[str]:
    """Yield the first line, and take as many more as are asked for."""
    yield consumed[0]
    while len(consumed) < _MOST_LINES and (more := _next_line(waiting, lines)):
        consumed += more
        yield more[0]


def _split(cells: list[str], separator: str) -> list[str]:
    """A line that a spreadsheet took for a single cell, as its cells."""
    if len(cells) != 1 or separator not in cells[0]:
        return cells
    try:
        return next(_reader(cells, separator), cells)
    except csv.Error:
        return cells


def _reader(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator, strict=True)
