"""Finds the cause of a refusal in the words of a mail server.

The words are data: one file of phrases for each cause, with their sources.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Final

MOST_CHARACTERS: Final = 4_000
_GAP: Final = ".{0,80}?"
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',:;@]{1,320}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}")
_WRAPPERS: Final = ("unknown address error", "other mail system problem")
"""What Cisco's gateway puts in front of another server's words; no reason of its own."""
_CONTINUED: Final = re.compile(r"(?<=\s)[245]\d\d[- ](?:#?[245]\.\d{1,3}\.\d{1,3})?")
_PLAIN_MARKS: Final = str.maketrans(dict.fromkeys("’‘`\u00b4“”", "'") | {"_": " "})


class Cause(StrEnum):
    """What a refusal is about. The value is the name of its file."""

    CLOSED = "closed"  # a mailbox that nobody used
    OURS = "ours"  # our server, our mail, or a policy
    FULL = "full"  # no room in the mailbox
    LATER = "later"  # networks and name servers
    GONE = "gone"  # no such mailbox
    TROUBLE = "trouble"  # a server that fails
    VAGUE = "vague"  # no mailbox or a policy: the code decides


IN_A_DIAGNOSTIC: Final = (
    Cause.CLOSED, Cause.OURS, Cause.FULL, Cause.LATER, Cause.GONE, Cause.TROUBLE, Cause.VAGUE,
)  # fmt: skip
"""A server's own sentence: whatever excuses the address counts first."""
IN_PROSE: Final = (
    Cause.CLOSED, Cause.FULL, Cause.GONE, Cause.OURS, Cause.LATER, Cause.TROUBLE, Cause.VAGUE,
)  # fmt: skip
"""A page for people: it also has advice, such as “try again later”."""


def cause_of(text: str, order: Iterable[Cause] = IN_A_DIAGNOSTIC) -> Cause | None:
    """Return the first cause in this order of which a phrase stands in the text."""
    folded = fold(text)
    return next((cause for cause in order if _matcher(cause.value)(folded)), None)


def fold(text: str) -> str:
    """Make texts comparable: lower case, one space, no addresses, no codes of continued lines."""
    plain = _plain(text[:MOST_CHARACTERS])
    line = " ".join(_ADDRESS.sub("@", plain).split())
    folded = _CONTINUED.sub("", line).lower()
    for wrapper in _WRAPPERS:
        folded = folded.replace(wrapper, "")
    return f" {' '.join(folded.split())} "


def says(name: str, text: str) -> bool:
    """Whether a phrase of the file of this name stands in the text."""
    return _matcher(name)(fold(text))


@lru_cache
def _matcher(name: str) -> Callable[[str], bool]:
    phrases = _phrases(name)
    literal = [phrase for phrase in phrases if "*" not in phrase]
    gaps = [_GAP.join(map(re.escape, text.split("*"))) for text in phrases if "*" in text]
    with_gaps = re.compile("|".join(gaps) or r"(?!)")
    return lambda text: any(map(text.__contains__, literal)) or bool(with_gaps.search(text))


def _phrases(name: str) -> list[str]:
    """Read the phrases of one file, folded like the texts."""
    data = (files("services.bounces") / "phrases" / f"{name}.toml").read_text("utf-8")
    tables = tomllib.loads(data)["phrases"]
    return [_plain(text).lower() for table in tables for text in table["texts"]]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_PLAIN_MARKS)
