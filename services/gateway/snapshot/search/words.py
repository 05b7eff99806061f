"""How text becomes the words that are searched by: blind to case, accents, hyphens and spelling."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_SHORTEST_PLURAL: Final = 3
_WORD: Final = re.compile(r"[a-z0-9]+")
_JOINED: Final = re.compile(r"(?<=\w)[-\u2010\u2011'\u2019.](?=\w)")

# One letter's difference between the two sides of the Atlantic, brought to one side.
_SPELLINGS: Final[tuple[tuple[str, str], ...]] = (
    ("anaesth", "anesth"),
    ("colour", "color"),
    ("haem", "hem"),
    ("oedema", "edema"),
    ("tumour", "tumor"),
    ("ageing", "aging"),
    ("centre", "center"),
    ("programme", "program"),
    ("moisturis", "moisturiz"),
    ("sterilis", "steriliz"),
    ("vaporis", "vaporiz"),
    ("normalis", "normaliz"),
    ("motoris", "motoriz"),
    ("grey", "gray"),
)

# A zero typed for the letter, as people write the gas and the laser named after it.
_SPOKEN: Final[Mapping[str, str]] = {"c02": "co2"}

FILLERS: Final = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "can", "do", "does", "for", "from", "get"),
        *("have", "how", "i", "in", "is", "it", "me", "my", "of", "on", "or", "the", "to", "vs"),
        *("what", "when", "which", "will", "with", "you", "your", "about", "after", "before"),
        *("best", "good", "help", "helps", "treat", "treatment", "treatments", "please", "there"),
        *("el", "la", "los", "las", "un", "una", "de", "del", "para", "por", "que", "con", "en"),
        *("mi", "mis", "y", "o", "es", "son", "como", "cual", "tratamiento", "tratamientos"),
    }
)
"""Words that say nothing about what is sought, unless they are all there is."""


def words(text: str) -> list[str]:
    """The words of a text; a hyphen within a word joins it."""
    return _spelled(_JOINED.sub("", plain(text)))


def parted(text: str) -> list[str]:
    """The words of a text; a hyphen within a word parts it."""
    return _spelled(_JOINED.sub(" ", plain(text)))


def root(word: str) -> str:
    """A word of running text without the ending of its plural."""
    if len(word) <= _SHORTEST_PLURAL or word.endswith("ss"):
        return word
    return word.removesuffix("s")


def plain(text: str) -> str:
    """Small letters without accents; CO₂ is co2."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    for accent in filter(unicodedata.combining, set(parts)):
        parts = parts.replace(accent, "")
    return parts


def _spelled(text: str) -> list[str]:
    for british, american in _SPELLINGS:
        text = text.replace(british, american)
    return [_SPOKEN.get(word, word) for word in _WORD.findall(text)]
