"""Finds the encoding of a text file that a spreadsheet or another program has written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from services.launcher.faults import LauncherFault

UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""What `lines_of` puts for a character that cannot be read, or not with certainty."""

_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls
_MARKS: Final = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order marks, a longer one before its beginning."""

_HEAD: Final = 64
_WINDOWS: Final = "cp1252"

_OTHER_WINDOWS: Final = frozenset({
    "AE", "AL", "AM", "AZ", "BA", "BG", "BH", "BY", "CN", "CY", "CZ", "DZ", "EE", "EG", "GE",
    "GR", "HK", "HR", "HU", "IL", "IQ", "IR", "JO", "JP", "KG", "KR", "KW", "KZ", "LB", "LT",
    "LV", "LY", "MA", "MD", "ME", "MK", "MN", "MO", "OM", "PK", "PL", "PS", "QA", "RO", "RS",
    "RU", "SA", "SD", "SI", "SK", "SY", "TH", "TJ", "TM", "TN", "TR", "TW", "UA", "UZ", "VN",
    "YE",
})  # fmt: skip
"""Countries (ISO 3166-1) whose Windows writes another code page than 1252.

https://learn.microsoft.com/en-us/windows/win32/intl/code-page-identifiers
"""

_MARKS_OF_TEXT: Final = b"\x80\x82\x84\x85\x91\x92\x93\x94\x95\x96\x97"
"""The euro sign, quotation marks, dashes, the bullet and the ellipsis in code page 1252."""

_UNSURE_BYTES: Final = bytes(range(0x80, 0xA0)).translate(None, _MARKS_OF_TEXT)
_OF_MACINTOSH: Final = re.compile(
    f"[{_UNSURE_BYTES.decode(_WINDOWS, 'ignore')}]"
    "|(?<=\\w\\w)[\N{RIGHT SINGLE QUOTATION MARK}\N{EN DASH}\N{EM DASH}](?=[a-zà-ÿ])"
)
"""What shows that a file may come from an old Macintosh, which means other letters by these bytes.

`Jos\\x8e` is `José` there and `JosŽ` on Windows; `Garc\\x92a` is `García` there.
"""

_DIFFERING: Final = re.compile(f"[{(_UNSURE_BYTES + _MARKS_OF_TEXT).decode(_WINDOWS, 'ignore')}]")


def encoding_of(path: Path, *, country: str) -> str:
    """Find the encoding. `country` (ISO 3166-1) is where the file was written.

    Without a mark, a file is UTF-8 if a line of it is UTF-8 with more than ASCII; its other lines
    are damaged. Else it is what Windows writes. Raises LauncherFault where that is not certain.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_SPREADSHEETS):
        raise LauncherFault(f"{path} is a spreadsheet: save it as “CSV UTF-8”.")
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if (wide := _wide_encoding(head)) is not None:
        return wide
    if _is_utf_8(path):
        return "utf-8"
    if country in _OTHER_WINDOWS:
        raise LauncherFault(f"{path} is not UTF-8: save it as “CSV UTF-8”.")
    return _WINDOWS


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines with their ends, and UNREADABLE for what cannot be read."""
    is_unsure = encoding == _WINDOWS and any(map(_OF_MACINTOSH.search, _read(path, encoding)))
    for line in _read(path, encoding):
        yield _DIFFERING.sub(UNREADABLE, line) if is_unsure else line


def _read(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield from file


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of a header is zero."""
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > len(head) // 4 else None


def _is_utf_8(path: Path) -> bool:
    is_sound = True
    with path.open("rb") as file:
        for line in file:
            try:
                line.decode()
            except UnicodeDecodeError:
                is_sound = False
            else:
                if not line.isascii():
                    return True
    return is_sound
