"""Reads files of labeled replies: CSV as spreadsheets write it, or JSON lines."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from services.contracts.words import CheckInLevel
from services.launcher.faults import LauncherFault

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "reply", "message", "body", "sms", "texto", "mensaje"),
    "level": ("level", "label", "expected", "class", "triage", "category", "rating", "nivel"),
    "refusal": ("refusal", "opt_out", "opt-out", "optout", "stop", "is_refusal"),
    "language": ("language", "lang", "locale", "idioma"),
}
_LEVELS: Final[Mapping[CheckInLevel, tuple[str, ...]]] = {
    CheckInLevel.RED: ("red", "danger", "emergency", "urgent", "rojo"),
    CheckInLevel.AMBER: ("amber", "orange", "yellow", "same day", "ambar", "ámbar", "amarillo"),
    CheckInLevel.GREEN: ("green", "good", "good news", "fine", "relief", "verde"),
    CheckInLevel.UNCLEAR: (
        "unclear", "none", "null", "no answer", "no_answer", "other", "neutral", "everyday",
        "smalltalk", "small talk", "ham", "thanks", "",
    ),
}  # fmt: skip
_REFUSALS: Final = (
    "refusal", "refused", "opt_out", "opt-out", "opt out", "optout", "stop", "held",
)  # fmt: skip
"""Labels of a level that mean: UNCLEAR, and a refusal."""
_YES: Final = ("yes", "y", "true", "1", "x", "si", "sí", *_REFUSALS)
_NO: Final = ("", "no", "n", "false", "0", "none", "null")
_MOST_FAULTS: Final = 10


class LabeledReply(msgspec.Struct, frozen=True, kw_only=True):
    """A text, how a person would rate it, and its line. `refusal`: wants no more messages."""

    line: int
    text: str
    level: CheckInLevel
    refusal: bool = False
    language: str | None = None


class LabeledFile(msgspec.Struct, frozen=True):
    """`has_levels` is False for a file of everyday texts, which nobody has labeled."""

    replies: tuple[LabeledReply, ...]
    has_levels: bool


class _RowFault(Exception):
    """Says what is wrong with one row."""


_Row = tuple[int, dict[str, str]]


def read_labeled_replies(path: Path) -> LabeledFile:
    """Raises LauncherFault with the first faults, by line."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as fault:
        raise LauncherFault(f"Cannot read {path}: {fault.strerror}.") from None
    except UnicodeDecodeError:
        raise LauncherFault(f"{path} is not UTF-8: save it as “CSV UTF-8”.") from None
    is_json = text.lstrip().startswith("{")
    rows = list(_json_rows(path, text) if is_json else _csv_rows(path, text))
    if not rows:
        raise LauncherFault(f"{path} has no replies.")
    replies, faults = _read(rows)
    if faults:
        more = len(faults) - _MOST_FAULTS
        shown = [*faults[:_MOST_FAULTS], *([f"… and {more} more"] if more > 0 else [])]
        raise LauncherFault("\n".join((f"{path} cannot be measured:", *shown)))
    return LabeledFile(replies, any("level" in row for _, row in rows))


def _read(rows: Iterable[_Row]) -> tuple[tuple[LabeledReply, ...], list[str]]:
    replies: list[LabeledReply] = []
    faults: list[str] = []
    for line, row in rows:
        try:
            replies.append(_reply(line, row))
        except _RowFault as fault:
            faults.append(f"  line {line}: {fault}")
    return tuple(replies), faults


def _reply(line: int, row: Mapping[str, str]) -> LabeledReply:
    if "text" not in row:
        raise _RowFault("it has no text")
    label = row.get("level", "").strip().lower()
    is_refusal_label = label in _REFUSALS
    return LabeledReply(
        line=line,
        text=row["text"],
        level=CheckInLevel.UNCLEAR if is_refusal_label else _level(label),
        refusal=is_refusal_label or _yes_or_no(row.get("refusal", "")),
        language=row.get("language", "").strip().lower() or None,
    )


def _level(label: str) -> CheckInLevel:
    for level, names in _LEVELS.items():
        if label in names:
            return level
    raise _RowFault(f"{label!r} is no level; write RED, AMBER, GREEN or UNCLEAR")


def _yes_or_no(written: str) -> bool:
    answer = written.strip().lower()
    if answer in _YES:
        return True
    if answer in _NO:
        return False
    raise _RowFault(f"{written!r} does not say whether it is a refusal; write yes or no")


def _json_rows(path: Path, text: str) -> Iterator[_Row]:
    for line, row in enumerate(text.splitlines(), start=1):
        if not row.strip():
            continue
        try:
            values = msgspec.json.decode(row, type=dict[str, str | int | float | bool | None])
        except msgspec.DecodeError as fault:
            raise LauncherFault(f"{path}, line {line}: no JSON object ({fault}).") from None
        named = {_column(key): value for key, value in values.items()}
        yield line, {key: str(value) for key, value in named.items() if key and value is not None}


def _csv_rows(path: Path, text: str) -> Iterator[_Row]:
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    columns: list[str | None] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if columns:
                    yield line, _named(path, line, columns, cells)
                else:
                    columns = _known_columns(path, cells)
            line = reader.line_num + 1
    except csv.Error:
        message = f"{path} is no CSV from line {line} on: look at its quotation marks."
        raise LauncherFault(message) from None


def _known_columns(path: Path, header: Iterable[str]) -> list[str | None]:
    columns = [_column(name) for name in header]
    if "text" not in columns:
        names = ", ".join(_COLUMNS["text"])
        raise LauncherFault(f"{path} has no column of texts; call it {names}.")
    doubled = next((name for name in columns if name and columns.count(name) > 1), None)
    if doubled:
        raise LauncherFault(f"{path} has two columns that could be the {doubled}; rename one.")
    return columns


def _named(path: Path, line: int, columns: list[str | None], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        message = f"{path}, line {line}: {len(cells)} cells, and the first line has {len(columns)}"
        raise LauncherFault(f"{message}; put a text with commas in quotation marks.")
    return {name: cell for name, cell in zip(columns, cells, strict=True) if name}


def _column(name: str) -> str | None:
    """Return what a column holds, or None if it does not matter."""
    plain = name.strip().lower().replace(" ", "_")
    return next((column for column, names in _COLUMNS.items() if plain in names), None)
