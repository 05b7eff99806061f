"""Searching what a catalog says: names first, running text after them.

Nonsense finds nothing: every word sought has to be met, in a name (slips allowed) or in the text
of an entry (as it is written).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import (
    AftercarePlan,
    Checklist,
    Concern,
    ContentBlock,
    Entry,
    LocalizedCatalog,
    Procedure,
)
from services.gateway.snapshot.search.names import Name, NameIndex
from services.gateway.snapshot.search.words import FILLERS, plain, root, words

LONGEST_TEXT: Final = 200
MOST_HITS: Final = 50
_MOST_WORDS: Final = 12
_EXCERPT: Final = 160
_MISSPELLED: Final = 0.95
_ALIAS: Final = 0.97
_OF_A_PLAN: Final = 0.9  # a procedure goes before the aftercare named after it
_IN_TEXT: Final = 0.4
_IN_SUMMARY: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An entry by its number; `met` are the words of its text, none when its name was met."""

    entry: int
    score: float
    matched: str
    met: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """`score` is from 0 to 1. `matched` is the name, or the words met in the text."""

    entry: Entry
    excerpt: str
    score: float
    matched: str


@dataclass(frozen=True, slots=True)
class _Text:
    """What an entry says: as it is shown, and in small letters without accents."""

    summary: frozenset[str]
    passages: tuple[str, ...]
    plain: tuple[str, ...]


class SearchIndex:
    """Made once for each catalog of a release."""

    def __init__(self, catalog: LocalizedCatalog) -> None:
        self._entries: list[Entry] = [*catalog.procedures, *catalog.concerns, *catalog.plans]
        self._names = NameIndex(
            name for number, entry in enumerate(self._entries) for name in _names(number, entry)
        )
        self._texts = [_text(entry) for entry in self._entries]
        self._saying: dict[str, set[int]] = {}
        for number, (entry, said) in enumerate(zip(self._entries, self._texts, strict=True)):
            for word in _roots(" ".join((entry.title, *said.passages))):
                self._saying.setdefault(word, set()).add(number)

    def search(self, text: str, first: int) -> list[Found]:
        """At most `first` entries, best first; the same text always in the same order."""
        said = words(text[:LONGEST_TEXT])[:_MOST_WORDS]
        sought = [word for word in dict.fromkeys(said) if word not in FILLERS]
        best: dict[int, _Candidate] = {}
        for reading in _readings(sought):
            for one in (*self._by_name(reading), *self._by_text(reading)):
                known = best.get(one.entry)
                if known is None or known.score < one.score:
                    best[one.entry] = one
        ranked = sorted(best.values(), key=lambda one: (-one.score, one.entry))
        return [self._found(one) for one in ranked[: min(first, MOST_HITS)]]

    def _by_name(self, sought: Sequence[str]) -> Iterator[_Candidate]:
        for hit in self._names.find(sought):
            yield _Candidate(hit.name.entry, round(hit.score, 4), hit.name.text)

    def _by_text(self, sought: Sequence[str]) -> Iterator[_Candidate]:
        met = frozenset(map(root, sought))
        saying = [self._saying.get(word, set()) for word in met]
        for number in set.intersection(*saying) if saying else ():
            score = _IN_SUMMARY if met <= self._texts[number].summary else _IN_TEXT
            yield _Candidate(number, score, " ".join(sought), met)

    def _found(self, one: _Candidate) -> Found:
        entry = self._entries[one.entry]
        excerpt = _excerpt(self._texts[one.entry], one.met) if one.met else _cut(entry.summary)
        return Found(entry, excerpt, one.score, one.matched)


def _readings(sought: Sequence[str]) -> Iterator[Sequence[str]]:
    """As typed, and as one word: people part what names join."""
    if sought:
        yield sought
    if 1 < len(sought) <= 3:  # noqa: PLR2004 - as many words as a name is joined of
        yield ("".join(sought),)


def _names(number: int, entry: Entry) -> Iterator[Name]:
    weight = _OF_A_PLAN if isinstance(entry, AftercarePlan) else 1.0
    yield Name(number, entry.title, weight)
    yield Name(number, entry.slug, weight)
    if isinstance(entry, Procedure | Concern):
        yield from (Name(number, alias, _ALIAS) for alias in entry.aliases)
    if isinstance(entry, Procedure):
        yield from (Name(number, wrong, _MISSPELLED) for wrong in entry.misspellings)
        yield from (Name(number, device.name, _ALIAS) for device in entry.devices)


def _text(entry: Entry) -> _Text:
    passages = (entry.summary, *(each for each in _passages(entry) if each))
    return _Text(
        summary=_roots(f"{entry.title}. {entry.summary}"),
        passages=passages,
        plain=tuple(map(plain, passages)),
    )


def _roots(text: str) -> frozenset[str]:
    return frozenset(map(root, set(words(text))))


def _passages(entry: Entry) -> Iterator[str]:
    match entry:
        case Procedure():
            yield from _of_procedure(entry)
        case AftercarePlan():
            for step in entry.steps:
                yield step.title
                yield from _blocks(step.body)


def _of_procedure(entry: Procedure) -> Iterator[str]:
    yield from _blocks(entry.mechanism)
    for device in entry.devices:
        yield f"{device.name}: {device.description}"
    for step in entry.steps:
        yield step.title
        yield from _blocks(step.body)
    for benefit in entry.benefits:
        yield f"{benefit.name}. {benefit.description}"
    yield from (each.note for each in entry.treats if each.note)
    for effect in entry.side_effects:
        yield f"{effect.name}. {effect.description or ''}"
    yield from (each.label for each in entry.contraindications)
    for partner in entry.combinations:
        yield f"{partner.partner}. {partner.description}"
    for question in entry.faq:
        yield question.question
        yield from _blocks(question.answer)


def _blocks(blocks: Iterable[ContentBlock]) -> Iterator[str]:
    for block in blocks:
        yield block.text
        if isinstance(block, Checklist) and block.title:
            yield block.title


def _excerpt(said: _Text, wanted: frozenset[str]) -> str:
    """The passage that says most of what was sought."""
    most = max(range(len(said.plain)), key=lambda n: sum(word in said.plain[n] for word in wanted))
    met = [at for word in wanted if (at := said.plain[most].find(word)) >= 0]
    return _cut(said.passages[most], around=min(met, default=0))


def _cut(passage: str, around: int = 0) -> str:
    """A piece of the passage, at the bounds of words."""
    if len(passage) <= _EXCERPT:
        return passage
    start = max(0, min(around - _EXCERPT // 3, len(passage) - _EXCERPT))
    piece = passage[start : start + _EXCERPT]
    if start > 0:
        piece = "…" + piece.partition(" ")[2]
    if start + _EXCERPT < len(passage):
        piece = piece.rpartition(" ")[0] + "…"
    return piece
