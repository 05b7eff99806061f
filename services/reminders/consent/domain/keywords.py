"""Recognizes the words that ask for messages again, or for help.

Such a word counts only if it is the whole message. A refusal is read by the rules for replies,
because people refuse in any words.
"""

import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    OPT_OUT = "OPT_OUT"
    MAYBE_OPT_OUT = "MAYBE_OPT_OUT"  # nothing is sent until a person has read it
    OPT_IN = "OPT_IN"
    HELP = "HELP"
    UNREAD = "UNREAD"  # no keyword: a person has to read it


_KEYWORDS: Final = {
    # Carriers accept YES too, but here it may answer a question: see `may_opt_in`.
    **dict.fromkeys(("START", "UNSTOP"), Meaning.OPT_IN),
    **dict.fromkeys(("HELP", "INFO", "AIDE", "AYUDA", "HILFE", "AIUTO"), Meaning.HELP),
}
"""The words that US rules and the large carriers name, and those of other languages."""

_YES: Final = frozenset({"YES", "Y", "SI"})

_IGNORED: Final = str.maketrans({"'": None, "’": None, "`": None, "ß": "SS"})


def keyword(text: str) -> Meaning | None:
    """Read a whole message. Case, accents, punctuation, spaces and emoji do not matter."""
    return _KEYWORDS.get(_joined(text))


def may_opt_in(text: str) -> bool:
    """Whether carriers take the message for an opt-in. A person decides if it answers nothing."""
    return _joined(text) in _YES


def is_one_of(text: str, words: Collection[str]) -> bool:
    """Whether the whole message is one of an operator's own keywords."""
    joined = _joined(text)
    return bool(joined) and any(_joined(word) == joined for word in words)


def _joined(text: str) -> str:
    """Convert to capitals without spaces and accents.

    Marks are removed only from Latin letters: Japanese letters keep theirs.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_IGNORED)
    return "".join(map(_bare, plain))


def _bare(character: str) -> str:
    if character == "ー":  # part of Japanese words, though not a letter in Unicode
        return character
    base = unicodedata.normalize("NFD", character)[0]
    is_marked_latin = base.isascii() and base.isalpha()
    bare = base if is_marked_latin else character
    return bare if bare.isalpha() and not unicodedata.combining(bare) else ""
