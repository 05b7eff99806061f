"""The words of the languages that are read. A known word is never taken for a misspelled one.

They come from pyspellchecker's word lists. A set of their 210,000 words would take 29 MB, their
hashes take 2 MB.
"""

import gzip
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

import spellchecker

from services.reading.cleaning import fold

LANGUAGES: Final = ("en", "es")
"""The languages of the rules. People mix them, so there is one list."""

_WORD: Final = re.compile(r'"([^\W\d_]+)":')
"""A key of a list. Words with apostrophes are left out: a reply has none once it is cleaned."""


class KnownWords:
    """Two words of the same hash count as one; the chance is below 1 in 10¹³."""

    def __init__(self) -> None:
        hashes = array("q")
        for language in LANGUAGES:
            hashes.extend(hash(word) for word in _words(language))
        self._hashes = array("q", sorted(hashes))

    def __contains__(self, word: object) -> bool:
        at = bisect_left(self._hashes, hash(word))
        return at < len(self._hashes) and self._hashes[at] == hash(word)


@cache
def known_words() -> KnownWords:
    """Load the lists when they are first needed, once a process. It takes about a second."""
    return KnownWords()


def _words(language: str) -> Iterator[str]:
    packed = files(spellchecker).joinpath("resources", f"{language}.json.gz").read_bytes()
    for match in _WORD.finditer(gzip.decompress(packed).decode("utf-8")):
        yield match[1] if match[1].isascii() else fold(match[1])
