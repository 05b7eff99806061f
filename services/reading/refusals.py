"""Recognizes that somebody wants no more messages, in any words.

A keyword that is the whole text, but for fillers, or a plain pattern opts out; a doubtful pattern
holds messages until a person has read it. “Don't stop texting” and jokes are no refusals.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from services.contracts.reading_rules import RefusalWords, Words
from services.reading.cleaning import fold
from services.reading.patterns import Lexicon, Occurrences, Pattern, Span, matches, parse
from services.reading.word_lists import WordLists

_LINKS: Final = "LINKS"
_START: Final = "START"
_END: Final = "END"
_BOUNDS: Final = str.maketrans({"^": f" {_START} ", "$": f" {_END} "})
"""How the rules write the bounds of a clause."""
_NEGATES: Final = "NEGATES"
_OTHERS: Final = "OTHERS"
_JOKES: Final = "JOKES"
_MISTAKEN: Final = "MISTAKEN"
_CLAUSE_ENDS: Final = frozenset(".,!?;:\n…")
_DROPPED: Final = frozenset("-–—\"'()*~_/")
"""Marks that say nothing here, so that “opt-out” and “opt out” are the same."""
_BETWEEN: Final = 7
"""Links that may stand between two parts of a refusal."""
_BEFORE: Final = 4
"""Links that may stand between “don't” and what it negates."""
_SPELLED_OUT: Final = 3  # letters of a word that the spelling corrects
_LATIN_END: Final = "\u0370"
_DIGITS_FOR_CHARACTERS: Final = str.maketrans("0135", "oise")


class Refusal(StrEnum):
    """`HELD`: nothing is sent until a person has read it."""

    NONE = "NONE"
    HELD = "HELD"
    OPT_OUT = "OPT_OUT"


class RefusalReader:
    def __init__(self, rules: RefusalWords, lists: WordLists) -> None:
        self._fillers = frozenset(rules.fillers)
        self._keywords = frozenset(_joined(keyword) for keyword in rules.keywords)
        self._only_in = {
            _joined(keyword): frozenset(countries) for keyword, countries in rules.only_in.items()
        }
        plain = tuple(parse(text.translate(_BOUNDS)) for text in rules.plain)
        held = tuple(parse(text.translate(_BOUNDS)) for text in rules.held)
        self._plain, self._held = _by_concept(plain), _by_concept(held)
        self._never = frozenset(rules.never)
        self._longest = max(map(len, self._keywords), default=0)
        concepts, self._without_spaces = _by_script(rules.concepts)
        never = tuple(parse(phrase) for phrase in rules.never)
        self._lexicon = Lexicon({_START: (), _END: (), **concepts}, lists, (*plain, *held, *never))
        self.vocabulary = self._lexicon.vocabulary | {
            word
            for keyword in rules.keywords
            for word in keyword.split()
            if len(word) > _SPELLED_OUT
        }

    def read(self, words: Sequence[str], countries: Collection[str] = ()) -> Refusal:
        """`countries` are those of the clinics that the text may be for."""
        typed = [word for word in words if word not in _DROPPED]
        occurrences = self._lexicon.find(typed)
        keyword = self._keyword(typed, countries, occurrences)
        if keyword is not None:
            return keyword
        if self._is_in_another_script(typed):
            return Refusal.OPT_OUT
        _add_bounds(occurrences)
        is_plain = self._is_refused(self._plain, occurrences)
        if _wants_more(occurrences):
            return Refusal.NONE
        if is_plain:
            return Refusal.OPT_OUT
        if occurrences.of(_JOKES) or not self._is_refused(self._held, occurrences):
            return Refusal.NONE
        return Refusal.HELD

    def besides(self, words: Sequence[str]) -> list[str]:
        """The words that are left of a text without its refusals and the links around them."""
        typed = [word for word in words if word not in _DROPPED]
        occurrences = self._lexicon.find(typed)
        _add_bounds(occurrences)
        links = _link_places(occurrences)
        refused: set[int] = set()
        for patterns in (self._plain, self._held):
            for spans in self._refusals(patterns, occurrences):
                start, end = min(first for first, _ in spans), max(last for _, last in spans)
                while start - 1 in links:
                    start -= 1
                while end in links:
                    end += 1
                refused.update(range(start, end))
        return [word for at, word in enumerate(typed) if at not in refused]

    def _keyword(
        self, words: Sequence[str], countries: Collection[str], occurrences: Occurrences
    ) -> Refusal | None:
        """A keyword that is the whole text, or all of it but fillers and a signature below."""
        if not self._never.isdisjoint(occurrences.spans):
            return None
        first_line = words[: words.index("\n")] if "\n" in words else words
        for line in (words, first_line):
            characters = [word for word in line if word.isalpha() or word.isdecimal()]
            bare = [word for word in characters if word not in self._fillers]
            for candidate in (characters, bare, list(dict.fromkeys(bare))):
                spelled = "".join(candidate)
                if len(spelled) > self._longest:
                    continue
                joined = _joined(spelled)
                for spelling in (joined, joined.translate(_DIGITS_FOR_CHARACTERS)):
                    if spelling in self._keywords:
                        return self._by_country(spelling, countries)
        return None

    def _by_country(self, keyword: str, countries: Collection[str]) -> Refusal:
        only_in = self._only_in.get(keyword)
        applies_here = only_in is None or not countries or not only_in.isdisjoint(countries)
        return Refusal.OPT_OUT if applies_here else Refusal.HELD

    def _is_in_another_script(self, words: Sequence[str]) -> bool:
        if all(word < _LATIN_END for word in words):
            return False
        text = _joined("".join(words))
        return any(phrase in text for phrase in self._without_spaces)

    def _is_refused(
        self, patterns: Mapping[str, Sequence[Pattern]], occurrences: Occurrences
    ) -> bool:
        return any(True for _ in self._refusals(patterns, occurrences))

    def _refusals(
        self, patterns: Mapping[str, Sequence[Pattern]], occurrences: Occurrences
    ) -> Iterator[tuple[Span, ...]]:
        possible = dict.fromkeys(
            pattern for name in occurrences.spans for pattern in patterns.get(name, ())
        )
        if not possible:
            return
        links = _link_places(occurrences)
        for pattern in possible:
            for spans in _matches(pattern, occurrences, links):
                if not self._is_excepted(spans, occurrences) and not _is_negated(
                    spans, occurrences, links
                ):
                    yield spans

    def _is_excepted(self, spans: Sequence[Span], occurrences: Occurrences) -> bool:
        return any(
            start < other_end and other_start < end
            for phrase in self._never.intersection(occurrences.spans)
            for other_start, other_end in occurrences.of(phrase)
            for start, end in spans
        )


def _link_places(occurrences: Occurrences) -> set[int]:
    return {at for start, end in occurrences.of(_LINKS) for at in range(start, end)}


def _by_concept(patterns: Iterable[Pattern]) -> dict[str, list[Pattern]]:
    """Patterns by the names of the term that has fewest, one of which a text must have."""
    by_concept: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        for name in min(pattern.terms, key=_commonness):
            by_concept.setdefault(name, []).append(pattern)
    return by_concept


def _commonness(term: frozenset[str]) -> tuple[bool, int]:
    """The bounds of clauses are in every text."""
    return not term.isdisjoint((_START, _END)), len(term)


def _by_script(concepts: Mapping[str, Words]) -> tuple[dict[str, Words], tuple[str, ...]]:
    """Concepts in Latin script, and phrases of other scripts, which are found without spaces."""
    latin: dict[str, Words] = {}
    others: list[str] = []
    for concept, phrases in concepts.items():
        folded = [" ".join(fold(phrase).replace("-", " ").split()) for phrase in phrases]
        latin[concept] = tuple(phrase for phrase in folded if phrase < _LATIN_END)
        others += [_joined(phrase) for phrase in folded if phrase >= _LATIN_END]
    return latin, tuple(others)


def _add_bounds(occurrences: Occurrences) -> None:
    """Add the bounds of clauses, as places between words."""
    last = len(occurrences.words)
    occurrences.add(_START, (0, 0))
    occurrences.add(_END, (last, last))
    for at, word in enumerate(occurrences.words):
        if word in _CLAUSE_ENDS:
            occurrences.add(_END, (at, at))
            occurrences.add(_START, (at + 1, at + 1))


def _matches(
    pattern: Pattern, occurrences: Occurrences, links: Collection[int]
) -> Iterator[tuple[Span, ...]]:
    """Like `matches`, but between the parts of a row only links may stand."""
    if len(pattern.terms) == 1 or not pattern.is_ordered:
        yield from matches(pattern, occurrences)
        return
    present = occurrences.spans.keys()
    if not any(present.isdisjoint(term) for term in pattern.terms):
        for span in _spans(pattern.terms[0], occurrences):
            yield from _linked(pattern.terms[1:], (span,), occurrences, links)


def _linked(
    terms: Sequence[frozenset[str]],
    before: tuple[Span, ...],
    occurrences: Occurrences,
    links: Collection[int],
) -> Iterator[tuple[Span, ...]]:
    if not terms:
        yield before
        return
    end = before[-1][1]
    for span in _spans(terms[0], occurrences):
        is_near = 0 <= span[0] - end <= _BETWEEN
        if is_near and all(at in links for at in range(end, span[0])):
            yield from _linked(terms[1:], (*before, span), occurrences, links)


def _spans(term: Iterable[str], occurrences: Occurrences) -> list[Span]:
    return [span for name in term for span in occurrences.of(name)]


def _is_negated(spans: Sequence[Span], occurrences: Occurrences, links: Collection[int]) -> bool:
    """Whether “don't” or “tell her to” stands right before the refusal."""
    first = next((start for start, end in spans if end > start), spans[0][0])
    begun = {start for start, _ in spans}
    negated = any(
        start not in begun
        and 0 <= first - end <= _BEFORE
        and all(at in links for at in range(end, first))
        for start, end in occurrences.of(_NEGATES)
    )
    return negated or any(end == first for _, end in occurrences.of(_OTHERS))


def _wants_more(occurrences: Occurrences) -> bool:
    """“Please keep texting”, but not “you keep texting”."""
    complains = occurrences.lists.of("COMPLAINS")
    return any(
        occurrences.word(start - 1) not in complains for start, _ in occurrences.of(_MISTAKEN)
    )


def _joined(keyword: str) -> str:
    return "".join(character for character in fold(keyword) if character.isalnum())
