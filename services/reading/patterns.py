"""Finds concepts, and rows of concepts, in the words of a text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, permutations
from typing import Final

import msgspec

from services.contracts.reading_rules import Words
from services.reading.word_lists import WordLists

Span = tuple[int, int]
"""First word and the one after the last."""

_GAP: Final = 3
"""Other words that may stand between two parts of a pattern."""
_FAR: Final = 5
"""The same between two parts that may stand in either order."""
_SENTENCE_ENDS: Final = frozenset({".", "!", "?", ";", "\n", "…"})
_SHORT: Final = 5
"""The most words and marks in a text that a pattern with “=” matches."""
_SHORTEST: Final = 2
"""The same for a pattern with “==”."""
_PAUSES: Final = frozenset({",", ":", "(", "but", "pero"})
NUMBER: Final = "#"


class Pattern(msgspec.Struct, frozen=True):
    """Each term is a set of concepts, one of which must be there."""

    terms: tuple[frozenset[str], ...]
    is_ordered: bool
    crosses_commas: bool = True
    longest: int = 1_000  # words and marks of the whole text


class Occurrences:
    """Where the concepts are in a text, by concept."""

    def __init__(self, words: Sequence[str], lists: WordLists) -> None:
        self.words = words
        self.lists = lists
        self.spans: dict[str, list[Span]] = {}
        self.sentences = _sentences(words)

    def add(self, concept: str, span: Span) -> None:
        self.spans.setdefault(concept, []).append(span)

    def of(self, concept: str) -> Sequence[Span]:
        return self.spans.get(concept, ())

    def word(self, at: int) -> str:
        """The word at a place, or nothing before the first and after the last word."""
        return self.words[at] if 0 <= at < len(self.words) else ""

    def starts_at(self, concept: str, at: int) -> bool:
        return any(start == at for start, _ in self.of(concept))


class Lexicon:
    """Words and phrases by concept. A phrase in a pattern is a concept of its own name."""

    def __init__(
        self, concepts: Mapping[str, Words], lists: WordLists, patterns: Iterable[Pattern] = ()
    ) -> None:
        self._lists = lists
        self._singles: dict[str, list[str]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._phrases: dict[tuple[str, str], list[tuple[list[str], str]]] = {}
        self._open: dict[str, list[tuple[list[str], int, str]]] = {}
        self.vocabulary: set[str] = set()
        for concept, words in concepts.items():
            for phrase in words:
                self._add(concept, phrase)
        names = {name for pattern in patterns for term in pattern.terms for name in term}
        for name in sorted(names - concepts.keys()):
            if name != name.lower():
                raise ValueError(f"the concept {name} is not defined in words.yaml")
            self._add(name, name)

    def _add(self, concept: str, phrase: str) -> None:
        parts = phrase.split()
        self.vocabulary.update(part for part in parts if part.isalpha())
        if len(parts) == 1 and phrase.endswith("*"):
            self._stems.setdefault(phrase[0], []).append((phrase.rstrip("*"), concept))
        elif len(parts) == 1:
            self._singles.setdefault(phrase, []).append(concept)
        elif any(_is_open(part) for part in parts):
            offset, word = next((at, part) for at, part in enumerate(parts) if not _is_open(part))
            self._open.setdefault(word, []).append((parts, offset, concept))
        else:
            self._phrases.setdefault((parts[0], parts[1]), []).append((parts, concept))

    def find(self, typed: Sequence[str]) -> Occurrences:
        words = list(typed)
        occurrences = Occurrences(words, self._lists)
        for at, word in enumerate(words):
            for concept in self._singles.get(word, ()):
                occurrences.add(concept, (at, at + 1))
            for stem, concept in self._stems.get(word[0], ()):
                if word.startswith(stem):
                    occurrences.add(concept, (at, at + 1))
            self._add_open_phrases(at, occurrences)
        for at, pair in enumerate(pairwise(words)):
            for parts, concept in self._phrases.get(pair, ()):
                if words[at : at + len(parts)] == parts:
                    occurrences.add(concept, (at, at + len(parts)))
        return occurrences

    def _add_open_phrases(self, at: int, occurrences: Occurrences) -> None:
        """Phrases with numbers or stems, whose first fixed word is here."""
        for parts, offset, concept in self._open.get(occurrences.words[at], ()):
            start = at - offset
            if _is_open_phrase_at(occurrences.words, start, parts):
                occurrences.add(concept, (start, start + len(parts)))


def _is_open(part: str) -> bool:
    return part == NUMBER or part.endswith("*")


def _is_open_phrase_at(words: Sequence[str], at: int, parts: Sequence[str]) -> bool:
    if at < 0 or at + len(parts) > len(words):
        return False
    return all(
        part == word
        or (part == NUMBER and word[0].isdecimal())
        or (part.endswith("*") and word.startswith(part[:-1]))
        for part, word in zip(parts, words[at:], strict=False)
    )


def parse(text: str) -> Pattern:
    """Read a pattern: `A B`, `A & B`, `A + B`, `=A`, `A|B C`.

    Words in lower case side by side are one phrase.
    """
    if text.startswith("="):
        bare = text.lstrip("=")
        longest = _SHORT if len(text) - len(bare) == 1 else _SHORTEST
        return msgspec.structs.replace(parse(bare), longest=longest)
    for separator in (" & ", " + "):
        if separator in text:
            return Pattern(
                tuple(_term(part) for part in text.split(separator)),
                is_ordered=False,
                crosses_commas=separator == " & ",
            )
    terms: list[frozenset[str]] = []
    phrase: list[str] = []
    for part in text.split():
        if part == part.lower():
            phrase.append(part)
            continue
        if phrase:
            terms.append(_term(" ".join(phrase)))
            phrase = []
        terms.append(_term(part))
    if phrase:
        terms.append(_term(" ".join(phrase)))
    return Pattern(tuple(terms), is_ordered=True)


def _term(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


def matches(pattern: Pattern, occurrences: Occurrences) -> Iterator[tuple[Span, ...]]:
    """Yield the spans of the terms, wherever they stand near each other in one sentence."""
    if len(occurrences.words) > pattern.longest:
        return
    present = occurrences.spans.keys()
    for term in pattern.terms:
        if present.isdisjoint(term):
            return
    orders = [pattern.terms] if pattern.is_ordered else permutations(pattern.terms)
    gap = _GAP if pattern.is_ordered else _FAR
    for terms in orders:
        for first in _spans(terms[0], occurrences):
            for spans in _rest(terms[1:], (first,), occurrences, gap):
                if pattern.crosses_commas or not _has_comma(spans, occurrences):
                    yield spans


def _has_comma(spans: tuple[Span, ...], occurrences: Occurrences) -> bool:
    return any(word in _PAUSES for word in occurrences.words[spans[0][0] : spans[-1][1]])


def _rest(
    terms: Sequence[frozenset[str]], before: tuple[Span, ...], occurrences: Occurrences, gap: int
) -> Iterator[tuple[Span, ...]]:
    if not terms:
        yield before
        return
    end = before[-1][1]
    for span in _spans(terms[0], occurrences):
        near = 0 <= span[0] - end <= gap
        if near and occurrences.sentences[span[0]] == occurrences.sentences[end - 1]:
            yield from _rest(terms[1:], (*before, span), occurrences, gap)


def _spans(term: frozenset[str], occurrences: Occurrences) -> list[Span]:
    return [span for name in term for span in occurrences.of(name)]


def _sentences(words: Sequence[str]) -> list[int]:
    """The number of the sentence that each word is in."""
    numbers: list[int] = []
    number = 0
    for word in words:
        numbers.append(number)
        number += word in _SENTENCE_ENDS
    return numbers
