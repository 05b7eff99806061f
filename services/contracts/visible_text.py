"""Text as its reader sees it: composed, and without characters that show nothing."""

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""Controls except the line feed, marks of direction, and characters without a glyph.

Unicode Default_Ignorable_Code_Point, less the joiners and the variation selectors, and the controls
of the bidirectional algorithm (UAX #9).
"""

_ASCII_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_JOINER: Final = re.compile("[\u200c\u200d]")
_BREAKS: Final = str.maketrans(
    {"\r": "\n", "\u0085": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "}
)
_FIRST_JOINING: Final = "\u0600"
"""Before Arabic no script joins letters: a joiner between Latin letters only hides."""


def visible(text: str) -> str:
    """Compose a text (NFC) and remove what shows nothing.

    Line breaks become line feeds and tabs spaces. Joiners stay between letters of the scripts that
    use them and within emoji.
    """
    if text.isascii() and not _ASCII_CONTROL.search(text):
        return text
    lines = text.replace("\r\n", "\n").translate(_BREAKS)
    shown = _INVISIBLE.sub("", lines)
    return unicodedata.normalize("NFC", _JOINER.sub(_joiner, shown))


def visible_line(text: str) -> str:
    """`visible`, on one line, with single spaces between words."""
    return " ".join(visible(text).split("\n")).strip()


def _joiner(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    joins = bool(before and after) and min(before, after) >= _FIRST_JOINING
    return match[0] if joins else ""
