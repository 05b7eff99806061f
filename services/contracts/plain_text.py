"""Texts on one line, as people paste them: what is invisible in them, and what is refused."""

import re
import unicodedata
from typing import Final

LONGEST_TEXT: Final = 500

NOT_PLAIN: Final = "One line, please, without control characters or characters that are damaged."

_NEITHER_SHOWN_NOR_STORED: Final = frozenset({"Cc", "Cs"})
"""Control characters end a header of a mail early; PostgreSQL stores no NUL and no surrogate.

Format characters (Cf) are allowed: names in several scripts need them.
"""

_DAMAGED: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that was lost when a text was read in another encoding."""

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of Unicode: zero-width spaces, marks of direction, and the like."""


def is_plain(text: str) -> bool:
    return _DAMAGED not in text and all(
        unicodedata.category(character) not in _NEITHER_SHOWN_NOR_STORED for character in text
    )


def without_invisible(text: str) -> str:
    """Remove what nobody sees: invisible characters, and spaces at the ends.

    Not for names, because some scripts need joiners.
    """
    return _INVISIBLE.sub("", text).strip()
