"""Reads CSV files as spreadsheets and other programs write them (RFC 4180)."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

import msgspec

from services.contracts.privacy import Row, RowFault
from services.launcher.faults import LauncherFault

_LONGEST_CELL: Final = 10_000


class CsvFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file whose first line names its columns. Faults never quote the other lines."""

    path: Path
    columns: tuple[str, ...]
    digest: str

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the first line. Raises LauncherFault if there is no file, or no first line."""
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as fault:
            raise LauncherFault(f"Cannot read {path}: {fault.strerror}.") from None
        header = next(_records(path), None)
        if header is None:
            raise LauncherFault(f"{path} is empty: its first line must name the columns.")
        columns = tuple(cell.strip().lower() for cell in header[1])
        return cls(path=path, columns=columns, digest=digest)

    def count(self) -> int:
        return sum(1 for _ in _records(self.path)) - 1

    def rows(self) -> Iterator[Row | RowFault]:
        """Yield each row that is not blank, with the line that it starts on."""
        seen: dict[str, int] = {}
        records = _records(self.path)
        next(records)
        for line, cells in records:
            if len(cells) != len(self.columns):
                reason = f"It has {len(cells)} cells, and the first line has {len(self.columns)}."
                yield RowFault(line=line, column=None, reason=reason)
                continue
            named = zip(self.columns, cells, strict=True)
            row = Row(line=line, values={name: cell for name, cell in named if cell.strip()})
            yield _too_long(row) or _repeated(row, seen) or row


def _too_long(row: Row) -> RowFault | None:
    for column, cell in row.values.items():
        if len(cell) > _LONGEST_CELL:
            reason = f"At most {_LONGEST_CELL} characters, please."
            return RowFault(line=row.line, column=column, reason=reason)
    return None


def _repeated(row: Row, seen: dict[str, int]) -> RowFault | None:
    """A reference may be in one row only, because we cannot know which of two is right."""
    reference = row.values.get("reference", "").strip()
    if not reference:
        return None
    first = seen.setdefault(reference, row.line)
    if first == row.line:
        return None
    return RowFault(line=row.line, column="reference", reason=f"Line {first} has the same one.")


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it starts on. Raises LauncherFault if it is not CSV."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            start = 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield start, cells
                start = reader.line_num + 1
    except UnicodeDecodeError:
        raise LauncherFault(f"{path} is not UTF-8: save it as “CSV UTF-8”.") from None
    except csv.Error:
        message = f"{path} is no CSV from line {start} on: look at its quotation marks."
        raise LauncherFault(message) from None
