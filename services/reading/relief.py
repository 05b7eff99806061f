"""Recognizes plainly good news and thanks.

News is good if the text says relief and every word of it is known to be harmless: a word that
nobody knows could change all. A question, a quotation and words such as “but” spoil it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import Final

from services.contracts.reading_rules import ReliefWords
from services.reading.patterns import Lexicon, Occurrences, Span
from services.reading.word_lists import WordLists

_MARKS: Final = frozenset(".,!;:)(-–—\n'*…&+~/")
_SPOILING_MARKS: Final = frozenset('?¿"')
"""A question, or the words of another person."""
_CLAUSE_ENDS: Final = frozenset(".,!;\n…")
_NAME_WORDS: Final = 3
_START: Final = "^"
_NO_WORD: Final = "~"


class ReliefReader:
    def __init__(self, words: ReliefWords, lists: WordLists) -> None:
        spoils = tuple(_expanded(words.spoils))
        opening = [phrase for phrase in spoils if phrase.startswith(_START)]
        self._lexicon = Lexicon(
            {
                "RELIEF": tuple(_expanded(words.relief)),
                "HARMLESS": tuple(_expanded(words.harmless)),
                "SPOILS": tuple(phrase for phrase in spoils if not phrase.startswith(_START)),
                "SPOILS_AT_START": tuple(phrase.removeprefix(_START).strip() for phrase in opening),
                "THANKS": tuple(_expanded(words.thanks)),
            },
            lists,
        )
        self.vocabulary = self._lexicon.vocabulary

    def is_good_news(self, words: Sequence[str]) -> bool:
        """Whether the text says relief, nothing spoils it, and every word is known as harmless."""
        occurrences = self._lexicon.find(words)
        relief = list(_relief(occurrences))
        if (
            not relief
            or _is_spoiled(occurrences)
            or any(_is_denied(span, occurrences) for span in relief)
        ):
            return False
        return _covers(occurrences, ("RELIEF", "HARMLESS", "THANKS"))

    def is_harmless(self, words: Sequence[str]) -> bool:
        """Whether nothing in the text can change good news."""
        occurrences = self._lexicon.find(words)
        if _is_spoiled(occurrences) or any(
            _is_denied(span, occurrences) for span in _relief(occurrences)
        ):
            return False
        return _covers(occurrences, ("RELIEF", "HARMLESS", "THANKS"))

    def is_thanks(self, words: Sequence[str]) -> bool:
        """Whether the text is thanks, a greeting or “ok” alone."""
        return _covers(self._lexicon.find(words), ("THANKS",))


def _expanded(phrases: Iterable[str]) -> Iterator[str]:
    """“feel|feels good|great” → four phrases."""
    expanded: dict[str, None] = {}
    for phrase in phrases:
        if "|" not in phrase:
            expanded[phrase] = None
            continue
        for parts in product(*(part.split("|") for part in phrase.split())):
            expanded[" ".join(part for part in parts if part != _NO_WORD)] = None
    yield from expanded


def _relief(occurrences: Occurrences) -> Iterator[Span]:
    """Words of relief that are no part of a longer phrase such as “good morning”."""
    others = [*occurrences.of("HARMLESS"), *occurrences.of("THANKS")]
    return (span for span in occurrences.of("RELIEF") if not _is_part(span, others))


def _is_part(span: Span, others: Iterable[Span]) -> bool:
    """Whether the span lies in a longer one, or one of its length begins before and overlaps it."""
    start, end = span
    return any(
        other_start <= start < other_end
        and (
            (end <= other_end and other_end - other_start > end - start)
            or (other_start < start and other_end - other_start >= end - start)
        )
        for other_start, other_end in others
    )


def _is_spoiled(occurrences: Occurrences) -> bool:
    if not _SPOILING_MARKS.isdisjoint(occurrences.words):
        return True
    others = [*occurrences.of("RELIEF"), *occurrences.of("HARMLESS")]
    if any(not _is_part(span, others) for span in occurrences.of("SPOILS")):
        return True
    greetings = {at for start, end in occurrences.of("THANKS") for at in range(start, end)}
    return any(
        _begins(start, greetings, occurrences) for start, _ in occurrences.of("SPOILS_AT_START")
    )


def _begins(at: int, greetings: Collection[int], occurrences: Occurrences) -> bool:
    """Whether a sentence begins here, or after a greeting only."""
    while at and at - 1 in greetings:
        at -= 1
    return at == 0 or occurrences.words[at - 1] in _CLAUSE_ENDS


def _is_denied(relief: Span, occurrences: Occurrences) -> bool:
    """“Not good”, “not so very calm”."""
    at = relief[0] - 1
    while occurrences.word(at) in occurrences.lists.of("STRENGTHENS"):
        at -= 1
    return occurrences.word(at) in occurrences.lists.of("DENIES_RELIEF")


def _covers(occurrences: Occurrences, concepts: Sequence[str]) -> bool:
    covered = {
        at
        for concept in concepts
        for start, end in occurrences.of(concept)
        for at in range(start, end)
    }
    covered |= _names(occurrences.words, occurrences.lists)
    return all(at in covered or word in _MARKS for at, word in enumerate(occurrences.words))


def _names(words: Sequence[str], lists: WordLists) -> set[int]:
    """Places of names after “Regards”, at the end of the text, and after “Dear” or “Dr”."""
    closings, titles = lists.of("CLOSINGS"), lists.of("TITLES")
    closing = max((at for at, word in enumerate(words) if word in closings), default=len(words))
    names = {
        at
        for at in range(closing + 1, len(words))
        if words[at].isalpha() and words[at] not in titles
    }
    if len(names) > _NAME_WORDS:
        names = set()
    for at in range(1, len(words)):
        ends_greeting = at + 1 == len(words) or words[at + 1] in _MARKS
        if words[at - 1] in titles and ends_greeting and words[at].isalpha():
            names.add(at)
    return names
