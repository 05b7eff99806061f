"""Splits text into search tokens, without regard to case, accents, hyphens and British spelling."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_SHORTEST_PLURAL: Final = 3
_WORD: Final = re.compile(r"[a-z0-9]+")
_JOINED: Final = re.compile(r"(?<=\w)[-\u2010\u2011'\u2019.](?=\w)")

# British spellings and their American equivalents.
_BRITISH_SPELLINGS: Final[tuple[tuple[str, str], ...]] = (
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

# A zero typed for the letter O, as people write the gas and the laser named after it.
_TYPED_ZEROS: Final[Mapping[str, str]] = {"c02": "co2"}

STOP_WORDS: Final = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "can", "do", "does", "for", "from", "get"),
        *("have", "how", "i", "in", "is", "it", "me", "my", "of", "on", "or", "the", "to", "vs"),
        *("what", "when", "which", "will", "with", "you", "your", "about", "after", "before"),
        *("best", "good", "help", "helps", "treat", "treatment", "treatments", "please", "there"),
        *("el", "la", "los", "las", "un", "una", "de", "del", "para", "por", "que", "con", "en"),
        *("mi", "mis", "y", "o", "es", "son", "como", "cual", "tratamiento", "tratamientos"),
    }
)
"""Words that a query may contain but that are not searched for."""


def tokens(text: str) -> list[str]:
    """Return the tokens of a text; a hyphenated word is one token."""
    return _tokenize(_JOINED.sub("", normalize(text)))


def tokens_split_at_hyphens(text: str) -> list[str]:
    """Return the tokens of a text; a hyphenated word is several tokens."""
    return _tokenize(_JOINED.sub(" ", normalize(text)))


def singular(word: str) -> str:
    """Return a word without the -s of its plural."""
    if len(word) <= _SHORTEST_PLURAL or word.endswith("ss"):
        return word
    return word.removesuffix("s")


def normalize(text: str) -> str:
    """Return the text in lower case and without accents; CO₂ becomes co2."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    for accent in filter(unicodedata.combining, set(folded)):
        folded = folded.replace(accent, "")
    return folded


def _tokenize(text: str) -> list[str]:
    for british, american in _BRITISH_SPELLINGS:
        text = text.replace(british, american)
    return [_TYPED_ZEROS.get(word, word) for word in _WORD.findall(text)]
