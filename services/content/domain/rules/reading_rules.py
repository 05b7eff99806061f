"""Rules about the rules for reading replies."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from services.content.domain.faults import Fault, Path
from services.content.domain.read_reading_rules import REFUSALS, RELIEF, SIGNS, WEIGHTS, WORDS
from services.content.domain.reading_rules_source import RulesSource
from services.content.domain.rules.checked import Faults
from services.content.domain.written import Phrases
from services.contracts.reading_rules import OTHER_SIGNS
from services.contracts.words import CheckInLevel
from services.reading.cleaning import fold
from services.reading.concepts import BOUNDS, NEEDED, NEEDED_FOR_REFUSALS, WORD_LISTS
from services.reading.known_words import LANGUAGES
from services.reading.patterns import parse

_CONCEPT: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_WEIGHT: Final = re.compile(r"-?\d{1,2}(\.\d{1,3})?")
_EVEN_ODDS: Final = 0.5
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_FOR_A_PERSON: Final = (CheckInLevel.AMBER, CheckInLevel.RED)


def levels_call_a_person(source: RulesSource) -> Faults:
    for number, rule in enumerate(source.signs):
        if rule.level not in _FOR_A_PERSON:
            yield Fault(SIGNS, (number, "level"), "a sign is AMBER or RED")


def signs_are_red_flags(source: RulesSource, red_flags: Collection[str]) -> Faults:
    for number, rule in enumerate(source.signs):
        if rule.sign not in red_flags and rule.sign not in OTHER_SIGNS:
            problem = f"{rule.sign} is no red flag; write one, or one of {', '.join(OTHER_SIGNS)}"
            yield Fault(SIGNS, (number, "sign"), problem)


def signs_have_patterns(source: RulesSource) -> Faults:
    for number, rule in enumerate(source.signs):
        if not rule.any:
            yield Fault(SIGNS, (number, "any"), "no pattern; write one, or remove the sign")


def signs_have_examples(source: RulesSource) -> Faults:
    for number, rule in enumerate(source.signs):
        for key, phrases in (
            ("examples", rule.examples),
            ("counterexamples", rule.counterexamples),
        ):
            for language in LANGUAGES:
                if not phrases.get(language):
                    problem = f"a sign needs {key} in {language}, which the checker reads"
                    yield Fault(SIGNS, (number, key), problem)


def concepts_are_written_as_such(source: RulesSource) -> Faults:
    for file, path, concepts in _concepts(source):
        for name in concepts:
            if not _CONCEPT.fullmatch(name):
                problem = f"{name!r} is no name for a concept; write one such as RED_LINE"
                yield Fault(file, (*path, name), problem)


def concepts_are_complete(source: RulesSource) -> Faults:
    for file, path, concepts, needed in (
        (WORDS, (), source.words, NEEDED),
        (REFUSALS, ("words",), source.refusals.words, NEEDED_FOR_REFUSALS),
    ):
        for name in sorted(needed - concepts.keys()):
            yield Fault(file, path, f"the concept {name} is missing, which every reading needs")


def patterns_name_concepts(source: RulesSource) -> Faults:
    for number, rule in enumerate(source.signs):
        for key, patterns in (("any", rule.any), ("unless", rule.unless)):
            concepts = source.words.keys() - WORD_LISTS
            yield from _unknown(SIGNS, (number, key), patterns, concepts)
    refusals = source.refusals
    for key, patterns in (("plain", refusals.plain), ("held", refusals.held)):
        concepts = refusals.words.keys() | BOUNDS
        yield from _unknown(REFUSALS, (key,), patterns, concepts)


def words_are_folded(source: RulesSource) -> Faults:
    """Replies are compared without capitals, accents and apostrophes."""
    for file, path, words in _word_lists(source):
        for number, word in enumerate(words):
            plain = _plain(word)
            if word != plain:
                yield Fault(file, (*path, number), f"{word!r} is never found; write {plain!r}")


def phrases_of_patterns_are_folded(source: RulesSource) -> Faults:
    for number, rule in enumerate(source.signs):
        for key, patterns in (("any", rule.any), ("unless", rule.unless)):
            yield from _unfolded(SIGNS, (number, key), patterns)
    for key in ("plain", "held"):
        yield from _unfolded(REFUSALS, (key,), getattr(source.refusals, key))


def words_are_written_once(source: RulesSource) -> Faults:
    for file, path, words in _word_lists(source):
        seen = set[str]()
        for number, word in enumerate(words):
            if word in seen:
                yield Fault(file, (*path, number), f"{word!r} is in this list twice; remove one")
            seen.add(word)


def countries_limit_keywords(source: RulesSource) -> Faults:
    keywords = {word for words in source.refusals.keywords.values() for word in words}
    for keyword, countries in source.refusals.only_in.items():
        path: Path = ("only_in", keyword)
        if keyword not in keywords:
            yield Fault(REFUSALS, path, f"{keyword!r} is no keyword; add it or remove it here")
        for number, country in enumerate(countries):
            if not _COUNTRY.fullmatch(country):
                problem = f"{country!r} is no country; write its code, such as MX"
                yield Fault(REFUSALS, (*path, number), problem)


def words_are_weighed_in_numbers(source: RulesSource) -> Faults:
    word_weights = source.word_weights
    if not _EVEN_ODDS < word_weights.certain < 1:
        yield Fault(
            WEIGHTS, ("certain",), "a probability between 0.5 and 1; write one such as 0.95"
        )
    for weight in word_weights.weights:
        if not _WEIGHT.fullmatch(weight):
            problem = f"{weight!r} is no weight; write a number, or count the words again"
            yield Fault(WEIGHTS, ("weights", weight), problem)


RULES: Final[tuple[Callable[[RulesSource], Faults], ...]] = (
    levels_call_a_person,
    signs_have_patterns,
    signs_have_examples,
    concepts_are_written_as_such,
    concepts_are_complete,
    patterns_name_concepts,
    words_are_folded,
    phrases_of_patterns_are_folded,
    words_are_written_once,
    countries_limit_keywords,
    words_are_weighed_in_numbers,
)


def _concepts(source: RulesSource) -> Iterator[tuple[str, Path, dict[str, Phrases]]]:
    yield WORDS, (), source.words
    yield REFUSALS, ("words",), source.refusals.words


def _word_lists(source: RulesSource) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    """Yield each list of plain words, of one language, with its place."""
    for file, path, concepts in _concepts(source):
        for name, phrases in concepts.items():
            yield from _by_language(file, (*path, name), phrases)
    yield from _by_language(REFUSALS, ("keywords",), source.refusals.keywords)
    yield REFUSALS, ("fillers",), source.refusals.fillers
    yield REFUSALS, ("never",), source.refusals.never
    for key in ("relief", "harmless", "spoils", "thanks"):
        yield from _by_language(RELIEF, (key,), getattr(source.relief, key))


def _by_language(
    file: str, path: Path, phrases: Phrases
) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    for language, words in phrases.items():
        yield file, (*path, language), words


def _unknown(file: str, path: Path, patterns: Iterable[str], concepts: Collection[str]) -> Faults:
    for number, pattern in enumerate(patterns):
        for name in _names(pattern):
            if not name:
                problem = f"{pattern!r} has nothing on one side of | or &; complete it"
                yield Fault(file, (*path, number), problem)
            elif name != name.lower() and name not in concepts:
                near = get_close_matches(name, concepts, n=1)
                hint = f"did you mean {near[0]}?" if near else "define it among the words"
                yield Fault(file, (*path, number), f"there is no concept {name}; {hint}")


def _unfolded(file: str, path: Path, patterns: Iterable[str]) -> Faults:
    for number, pattern in enumerate(patterns):
        for name in _names(pattern):
            if name == name.lower() and name != (plain := _plain(name)):
                yield Fault(file, (*path, number), f"{name!r} is never found; write {plain!r}")


def _names(pattern: str) -> Iterator[str]:
    """The concepts and phrases of a pattern."""
    for term in parse(pattern).terms:
        yield from sorted(term)


def _plain(word: str) -> str:
    """Return the word as replies are compared, in composed characters."""
    folded = unicodedata.normalize("NFC", fold(word).replace("'", ""))
    return " ".join(folded.split())
