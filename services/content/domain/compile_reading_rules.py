"""Compiles the rules for reading replies into what a release holds."""

import msgspec

from services.content.domain.check_ins import spoken
from services.content.domain.digest import digest
from services.content.domain.reading_rules_source import (
    MarksFile,
    RefusalsFile,
    ReliefFile,
    RulesSource,
    SignSource,
    WeightsFile,
)
from services.contracts.reading_rules import (
    WORD_SEPARATOR,
    Marks,
    ReadingRules,
    RefusalWords,
    ReliefWords,
    SignRule,
    WordWeights,
)


class CompiledRules(msgspec.Struct, frozen=True):
    """Rules as a release has them. The same rules have the same `content_hash`.

    A clinician signs this hash, apart from those of plans.
    """

    rules: ReadingRules
    content_hash: str


def compile_reading_rules(source: RulesSource) -> CompiledRules:
    """Compile rules without a fault. Examples are for the checker and are left out."""
    rules = _compile(source)
    return CompiledRules(rules, digest(rules))


def _compile(source: RulesSource) -> ReadingRules:
    return ReadingRules(
        concepts={concept: spoken(words) for concept, words in source.words.items()},
        signs=tuple(map(_sign, source.signs)),
        relief=_relief(source.relief),
        refusals=_refusals(source.refusals),
        marks=_marks(source.marks),
        word_weights=_word_weights(source.word_weights),
    )


def _sign(source: SignSource) -> SignRule:
    return SignRule(
        sign=source.sign,
        says=source.says,
        level=source.level,
        patterns=source.any,
        unless=source.unless,
    )


def _relief(source: ReliefFile) -> ReliefWords:
    return ReliefWords(
        relief=spoken(source.relief),
        harmless=spoken(source.harmless),
        spoils=spoken(source.spoils),
        thanks=spoken(source.thanks),
    )


def _refusals(source: RefusalsFile) -> RefusalWords:
    return RefusalWords(
        fillers=source.fillers,
        keywords=spoken(source.keywords),
        only_in=source.only_in,
        concepts={concept: spoken(words) for concept, words in source.words.items()},
        plain=source.plain,
        held=source.held,
        never=source.never,
    )


def _marks(source: MarksFile) -> Marks:
    return Marks(
        emoji={word: tuple(marks.split()) for word, marks in source.emoji.items()},
        emoticons=source.emoticons,
        liked=source.reactions.liked,
        unsure=source.reactions.unsure,
        signatures=source.signatures,
        quotes=source.quotes,
    )


def _word_weights(source: WeightsFile) -> WordWeights:
    weights = {
        word: float(weight)
        for weight, words in source.weights.items()
        for word in words.split(WORD_SEPARATOR)
    }
    return WordWeights(weights=weights, bias=source.bias, certain=source.certain)
