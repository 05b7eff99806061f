"""Finds words in text in any of their forms."""

import re
from collections.abc import Collection, Iterable, Iterator

_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)|\n\s*\n|\n\s*(?=[-*] )")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences and list items of a text, each on one line."""
    for sentence in _SENTENCE_END.split(text):
        if flat := flattened(sentence):
            yield flat


def flattened(text: str) -> str:
    """Replace each run of white space with one space."""
    return " ".join(text.split())


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Match each word or phrase, and its plural, -ed and -ing forms, as a whole word."""
    body = _longest_of({flattened(word) for word in words} - {""})
    if not body:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w){body}(?:s|es|e?d|\w?ed|\w?ing)?(?!\w)", re.IGNORECASE)


def _longest_of(endings: Collection[str]) -> str:
    """Build a pattern in the shape of a prefix tree: a list of thousands of names takes seconds."""
    branches: dict[str, set[str]] = {}
    for ending in filter(None, endings):
        branches.setdefault(ending[0].lower(), set()).add(ending)
    patterns = [
        _character(next(iter(branch))[0]) + _longest_of({ending[1:] for ending in branch})
        for branch in branches.values()
    ]
    if len(patterns) == 1 and "" not in endings:
        return patterns[0]
    return f"(?:{'|'.join(patterns)}){'?' if '' in endings else ''}" if patterns else ""


def _character(character: str) -> str:
    return r"\s+" if character == " " else re.escape(character)
