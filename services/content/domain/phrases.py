"""Finding words in text, in whatever form a sentence gives them."""

import re
from collections.abc import Iterable, Iterator

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
    ordered = sorted({word for word in words if word}, key=len, reverse=True)
    body = "|".join(r"\s+".join(map(re.escape, word.split())) for word in ordered)
    if not body:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{body})(?:s|es|e?d|\w?ed|\w?ing)?(?!\w)", re.IGNORECASE)
