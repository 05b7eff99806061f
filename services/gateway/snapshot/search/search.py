"""Full-text search in a catalog: matches in names rank above matches in text.

Every word of the query must match: in a name, with tolerance for typing errors, or in the text of
an entry, exactly. So a nonsense query finds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

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
from services.gateway.snapshot.search.tokens import STOP_WORDS, normalize, singular, tokens

N = TypeVar("N")
M = TypeVar("M")

LONGEST_TEXT: Final = 200
MAX_HITS: Final = 50
_MAX_WORDS: Final = 12
_EXCERPT_LENGTH: Final = 160
_MISSPELLED: Final = 0.95
_ALIAS: Final = 0.97
_PLAN: Final = 0.9  # a procedure ranks above the aftercare plan that is named after it
_IN_TEXT: Final = 0.4
_IN_SUMMARY: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A match, with the number of the entry. `words` are those matched in its text, if any."""

    entry: int
    score: float
    matched: str
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SearchHit(Generic[N]):
    """An entry that a search found, as `node`.

    `score` is from 0 to 1. `matched` is the name, or the words matched in the text.
    """

    node: N
    excerpt: str
    score: float
    matched: str

    def with_node(self, node: M) -> "SearchHit[M]":
        return SearchHit(node, self.excerpt, self.score, self.matched)


@dataclass(frozen=True, slots=True)
class _Text:
    """The passages of an entry, as written and normalized, and the words of its summary."""

    summary: frozenset[str]
    passages: tuple[str, ...]
    normalized: tuple[str, ...]


class SearchIndex:
    """The search index of one catalog of a release."""

    def __init__(self, catalog: LocalizedCatalog) -> None:
        self._entries: list[Entry] = [*catalog.procedures, *catalog.concerns, *catalog.plans]
        self._names = NameIndex(
            name for number, entry in enumerate(self._entries) for name in _names(number, entry)
        )
        self._texts = [_text(entry) for entry in self._entries]
        self._by_word: dict[str, set[int]] = {}
        for number, (entry, text) in enumerate(zip(self._entries, self._texts, strict=True)):
            for word in _words(" ".join((entry.title, *text.passages))):
                self._by_word.setdefault(word, set()).add(number)

    def search(self, text: str, first: int) -> list[SearchHit[Entry]]:
        """Return at most `first` hits, best first. The order for a text is always the same."""
        typed = tokens(text[:LONGEST_TEXT])[:_MAX_WORDS]
        query = [word for word in dict.fromkeys(typed) if word not in STOP_WORDS]
        best: dict[int, _Candidate] = {}
        for words in _readings(query):
            for candidate in (*self._match_names(words), *self._match_texts(words)):
                previous = best.get(candidate.entry)
                if previous is None or previous.score < candidate.score:
                    best[candidate.entry] = candidate
        ranked = sorted(best.values(), key=lambda match: (-match.score, match.entry))
        return [self._hit(candidate) for candidate in ranked[: min(first, MAX_HITS)]]

    def _match_names(self, query: Sequence[str]) -> Iterator[_Candidate]:
        for hit in self._names.find(query):
            yield _Candidate(hit.name.entry, round(hit.score, 4), hit.name.text)

    def _match_texts(self, query: Sequence[str]) -> Iterator[_Candidate]:
        words = frozenset(map(singular, query))
        entries = [self._by_word.get(word, set()) for word in words]
        for number in set.intersection(*entries) if entries else ():
            score = _IN_SUMMARY if words <= self._texts[number].summary else _IN_TEXT
            yield _Candidate(number, score, " ".join(query), words)

    def _hit(self, match: _Candidate) -> SearchHit[Entry]:
        entry, text = self._entries[match.entry], self._texts[match.entry]
        excerpt = _excerpt(text, match.words) if match.words else _cut(entry.summary)
        return SearchHit(entry, excerpt, match.score, match.matched)


def _readings(query: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the query as typed and as one word: people write a name like “HydraFacial” apart."""
    if query:
        yield query
    if 1 < len(query) <= 3:  # noqa: PLR2004 - names rarely join more words
        yield ("".join(query),)


def _names(number: int, entry: Entry) -> Iterator[Name]:
    weight = _PLAN if isinstance(entry, AftercarePlan) else 1.0
    yield Name(number, entry.title, weight)
    yield Name(number, entry.slug, weight)
    if isinstance(entry, Procedure | Concern):
        yield from (Name(number, alias, _ALIAS) for alias in entry.aliases)
    if isinstance(entry, Procedure):
        yield from (Name(number, misspelling, _MISSPELLED) for misspelling in entry.misspellings)
        yield from (Name(number, device.name, _ALIAS) for device in entry.devices)


def _text(entry: Entry) -> _Text:
    passages = (entry.summary, *filter(None, _passages(entry)))
    return _Text(
        summary=_words(f"{entry.title}. {entry.summary}"),
        passages=passages,
        normalized=tuple(map(normalize, passages)),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(map(singular, set(tokens(text))))


def _passages(entry: Entry) -> Iterator[str]:
    match entry:
        case Procedure():
            yield from _procedure_passages(entry)
        case AftercarePlan():
            for step in entry.steps:
                yield step.title
                yield from _blocks(step.body)


def _procedure_passages(entry: Procedure) -> Iterator[str]:
    yield from _blocks(entry.mechanism)
    for device in entry.devices:
        yield f"{device.name}: {device.description}"
    for step in entry.steps:
        yield step.title
        yield from _blocks(step.body)
    for benefit in entry.benefits:
        yield f"{benefit.name}. {benefit.description}"
    yield from (indication.note for indication in entry.treats if indication.note)
    for effect in entry.side_effects:
        yield f"{effect.name}. {effect.description or ''}"
    yield from (term.label for term in entry.contraindications)
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


def _excerpt(text: _Text, words: frozenset[str]) -> str:
    """Return the passage with the most of the words, cut around the first of them."""
    counts = [sum(word in passage for word in words) for passage in text.normalized]
    best = counts.index(max(counts))
    positions = [at for word in words if (at := text.normalized[best].find(word)) >= 0]
    return _cut(text.passages[best], around=min(positions, default=0))


def _cut(passage: str, around: int = 0) -> str:
    """Return a piece of the passage that starts and ends with a whole word."""
    if len(passage) <= _EXCERPT_LENGTH:
        return passage
    start = max(0, min(around - _EXCERPT_LENGTH // 3, len(passage) - _EXCERPT_LENGTH))
    piece = passage[start : start + _EXCERPT_LENGTH]
    if start > 0:
        piece = "…" + piece.partition(" ")[2]
    if start + _EXCERPT_LENGTH < len(passage):
        piece = piece.rpartition(" ")[0] + "…"
    return piece
