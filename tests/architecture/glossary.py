"""docs/glossary.md as rules: the words that no name may hold."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache

from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "glossary.md"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

Phrase = tuple[str, ...]


def parts(name: str) -> Phrase:
    """Split a name at underscores and capitals: `SentAt_2` gives sent, at."""
    return tuple(word.lower() for word in _WORD.findall(name))


@cache
def misused_word(name: str, path: str) -> str | None:
    """Find the refused word in a name. Returns None if the name is in order."""
    if any(name in names and _lies_in(path, places) for names, places in kept_names()):
        return None
    words = parts(name)
    if words in whole_names():
        return name
    phrases = terms() if name.startswith("test_") else terms() | words_of_tests_only()
    return next((" ".join(run) for run in _runs(words) if run in phrases), None)


@cache
def terms() -> frozenset[Phrase]:
    """Words used for none of the glossary's terms."""
    return _phrases(row[2] for row in table("word", "means", "not"))


@cache
def words_of_tests_only() -> frozenset[Phrase]:
    return _phrases(row[0] for row in table("never as a part", "say instead"))


@cache
def whole_names() -> frozenset[Phrase]:
    return _phrases(row[0] for row in table("never", "say instead"))


@cache
def kept_names() -> list[tuple[list[str], list[str]]]:
    """Names that stay, each with the places where they do."""
    return [(_items(row[0]), _items(row[1])) for row in table("name", "where", "why")]


def table(*header: str) -> Iterator[list[str]]:
    """Yield the cells of each row below every table head of this wording."""
    is_inside = False
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if not cells or cells == list(header):
            is_inside = bool(cells)
        elif is_inside and set(line) != set("|-"):
            yield cells


def _items(cell: str) -> list[str]:
    return [item.strip(" `") for item in cell.split(",") if item.strip()]


def _phrases(cells: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(tuple(item.split()) for cell in cells for item in _items(cell))


def _runs(words: Phrase) -> Iterator[Phrase]:
    """Every run of neighboring words; the last word also without the s of its plural."""
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield words[start:end]
            yield (*words[start : end - 1], words[end - 1].removesuffix("s"))


def _lies_in(path: str, places: list[str]) -> bool:
    return any(fnmatch(path, place) for place in places)
