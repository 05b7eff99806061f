"""Reads the examples of the rules for replies as patients' replies are read."""

from collections.abc import Iterator

from services.content.domain.compile_reading_rules import compile_reading_rules
from services.content.domain.faults import Fault
from services.content.domain.read_reading_rules import SIGNS
from services.content.domain.reading_rules_source import RulesSource
from services.content.domain.rules.checked import Faults
from services.content.domain.written import Phrases
from services.contracts.reading_rules import SignRule
from services.reading.known_words import known_words
from services.reading.reading import ReplyReader
from services.reading.scope import Standing


def examples_are_read(source: RulesSource) -> Faults:
    """Every example is rated by its rule, and no counterexample is."""
    rules = compile_reading_rules(source).rules
    reader = ReplyReader(rules, known_words())
    for number, (written, rule) in enumerate(zip(source.signs, rules.signs, strict=True)):
        for language, place, text in _texts(written.examples):
            if not _is_rated(text, rule, reader):
                path = (number, "examples", language, place)
                problem = f"{text!r} is not rated as “{rule.says}”: {_reading(text, reader)}"
                yield Fault(SIGNS, path, problem)
        for language, place, text in _texts(written.counterexamples):
            if _is_rated(text, rule, reader):
                path = (number, "counterexamples", language, place)
                problem = f"{text!r} is rated as “{rule.says}”: {_reading(text, reader)}"
                yield Fault(SIGNS, path, problem)


def _texts(phrases: Phrases) -> Iterator[tuple[str, int, str]]:
    for language, texts in phrases.items():
        for place, text in enumerate(texts):
            yield language, place, text


def _is_rated(text: str, rule: SignRule, reader: ReplyReader) -> bool:
    return any(
        sign.rule == rule and sign.standing is Standing.AFFIRMED for sign in reader.signs(text)
    )


def _reading(text: str, reader: ReplyReader) -> str:
    return "; ".join(reader.read(text).reasons)
