"""Finding words in text, in whatever form a sentence gives them."""

import re
from collections.abc import Collection, Iterable, Iterator

_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)|\n\s*\n|\n\s*(?=[-*] )")


def sentences(text: str) -> Iterator[str]:
    """The sentences and list items of a text, each on one line."""
    for sentence in _SENTENCE_END.split(text):
        if flat := flattened(sentence):
            yield flat


def flattened(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Matches each word or phrase, and its plural, -ed and -ing forms, as a whole word."""
    body = _longest_of({flattened(word) for word in words} - {""})
    if not body:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w){body}(?:s|es|e?d|\w?ed|\w?ing)?(?!\w)", re.IGNORECASE)


def _longest_of(endings: Collection[str]) -> str:
    """A pattern that parts where they part: tried one by one, thousands of names take seconds."""
    parted: dict[str, set[str]] = {}
    for ending in filter(None, endings):
        parted.setdefault(ending[0].lower(), set()).add(ending)
    ways = [
        _character(next(iter(of))[0]) + _longest_of({each[1:] for each in of})
        for of in parted.values()
    ]
    if len(ways) == 1 and "" not in endings:
        return ways[0]
    return f"(?:{'|'.join(ways)}){'?' if '' in endings else ''}" if ways else ""


def _character(one: str) -> str:
    return r"\s+" if one == " " else re.escape(one)
