"""Looks for our token in everything that a mail says."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from services.bounces.parts import Part

T = TypeVar("T")

Finder = Callable[[str], T | None]
"""Returns what a signed token in a text stands for, or None. The token may stand anywhere in it:
`prvs=`, `SRS0=` and quotes are put around return paths by servers on the way."""

_MOST_CHARACTERS: Final = 1_000_000
_FOLDS: Final = re.compile(r"\n[ \t]+")
_LONG_WORD: Final = re.compile(r"[\w-]{400,}", re.ASCII)
"""No token has so many letters without a dot, and patterns of tokens are slow on them."""
_WRAPS: Final = re.compile(r"=?\n[>| \t]*")


def find_token(parts: Sequence[Part], find: Finder[T]) -> T | None:
    """Ask the finder about each part as it is, then with its lines joined."""
    for text in _texts(parts):
        claims = find(_LONG_WORD.sub(" ", text))
        if claims is not None:
            return claims
    return None


def _texts(parts: Sequence[Part]) -> Iterator[str]:
    left = _MOST_CHARACTERS
    for part in parts:
        text = part.text[:left]
        left -= len(text)
        yield text
        if part.is_mail:
            yield _FOLDS.sub("", text)
        if part.raw:
            yield part.raw.decode("latin-1")
    yield from (_WRAPS.sub("", part.text[:_MOST_CHARACTERS]) for part in parts[:20] if part.text)
