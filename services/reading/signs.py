"""Finds signs in a text by the rules of the release.

A sign is found if one of its patterns matches and none of its exceptions does. `scope` decides
whether it counts.
"""

from collections.abc import Iterator, Sequence

import msgspec

from services.contracts.reading_rules import SignRule
from services.reading.patterns import Occurrences, Pattern, Span, matches, parse
from services.reading.scope import Standing, standing

_NEAR = 3
"""Words between a match and a word such as “a little” that weakens it."""


class SignMatch(msgspec.Struct, frozen=True):
    """A sign, the words that say it, and whether it counts."""

    rule: SignRule
    words: str
    standing: Standing


class _Compiled(msgspec.Struct, frozen=True):
    rule: SignRule
    patterns: tuple[Pattern, ...]
    phrases: frozenset[str]
    concepts: frozenset[str]


class SignReader:
    def __init__(self, rules: Sequence[SignRule]) -> None:
        self._rules = [
            _Compiled(
                rule,
                tuple(parse(text) for text in rule.patterns),
                frozenset(text for text in rule.unless if text == text.lower()),
                frozenset(text for text in rule.unless if text != text.lower()),
            )
            for rule in rules
        ]
        self.patterns = tuple(pattern for compiled in self._rules for pattern in compiled.patterns)
        self.exceptions = tuple(
            Pattern((frozenset({phrase}),), is_ordered=True)
            for compiled in self._rules
            for phrase in sorted(compiled.phrases)
        )

        self._by_concept: dict[str, list[tuple[int, Pattern]]] = {}
        for place, compiled in enumerate(self._rules):
            for pattern in compiled.patterns:
                for name in min(pattern.terms, key=len):
                    self._by_concept.setdefault(name, []).append((place, pattern))

    def read(self, occurrences: Occurrences) -> Iterator[SignMatch]:
        """Yield at most one match a rule: one that counts, if there is one."""
        possible: dict[int, list[Pattern]] = {}
        for name in occurrences.spans:
            for place, pattern in self._by_concept.get(name, ()):
                possible.setdefault(place, []).append(pattern)
        for place in sorted(possible):
            sign = _best(self._rules[place], possible[place], occurrences)
            if sign is not None:
                yield sign


def _best(
    compiled: _Compiled, patterns: Sequence[Pattern], occurrences: Occurrences
) -> SignMatch | None:
    best: SignMatch | None = None
    phrases = _named(compiled.phrases, occurrences)
    concepts = _named(compiled.concepts, occurrences)
    for pattern in patterns:
        for spans in matches(pattern, occurrences):
            if _is_excepted(spans, phrases, concepts, occurrences):
                continue
            sign = SignMatch(
                compiled.rule, _phrase_of(spans, occurrences), standing(spans, occurrences)
            )
            if sign.standing is Standing.AFFIRMED:
                return sign
            best = best or sign
    return best


def _named(exceptions: frozenset[str], occurrences: Occurrences) -> list[Span]:
    """Where the text names one of the exceptions."""
    return [
        span for name in exceptions.intersection(occurrences.spans) for span in occurrences.of(name)
    ]


def _is_excepted(
    spans: tuple[Span, ...],
    phrases: Sequence[Span],
    concepts: Sequence[Span],
    occurrences: Occurrences,
) -> bool:
    """Whether an exception applies.

    A phrase that goes on beyond it stays: “fuego en la” does not except “fuego en la boca”.
    """
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    if any(
        _overlap(span, other) and not _exceeds(span, other) for other in phrases for span in spans
    ):
        return True
    return any(
        concept_start - end <= _NEAR
        and start - concept_end <= _NEAR
        and occurrences.sentences[concept_start] == occurrences.sentences[start]
        for concept_start, concept_end in concepts
    )


def _exceeds(span: Span, exception: Span) -> bool:
    return (
        span[0] <= exception[0]
        and exception[1] <= span[1]
        and span[1] - span[0] > exception[1] - exception[0]
    )


def _overlap(left: Span, right: Span) -> bool:
    return left[0] < right[1] and right[0] < left[1]


def _phrase_of(spans: tuple[Span, ...], occurrences: Occurrences) -> str:
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    return " ".join(occurrences.words[start:end])
