"""Checking the rules for reading replies: the result is every fault, or what can be published."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache

from services.content.domain.compile_reading_rules import CompiledRules, compile_reading_rules
from services.content.domain.faults import Fault, Places
from services.content.domain.read_reading_rules import (
    RulesReading,
    read_reading_rules,
    reading_rules_files,
)
from services.content.domain.rules import reading_rules
from services.content.domain.rules.reading_examples import examples_are_read
from services.content.source.reader import shipped_files


def check_reading_rules(
    files: Mapping[str, str], red_flags: Collection[str] | None
) -> CompiledRules | tuple[tuple[Places, Fault], ...]:
    """Check the rules in a catalog's files. A catalog without any has the shipped rules.

    Codes of signs are not checked if `red_flags` is None.
    """
    own = reading_rules_files(files)
    if not own:
        return shipped_reading_rules()
    reading, faults = _checked(tuple(sorted(own.items())))
    if reading.source is not None and red_flags is not None:
        faults = (*reading_rules.signs_are_red_flags(reading.source, red_flags), *faults)
    if faults or reading.source is None:
        return tuple((_places(reading, fault), fault) for fault in faults)
    return _compiled(reading)


@cache
def shipped_reading_rules() -> CompiledRules:
    return _compiled(read_reading_rules(reading_rules_files(shipped_files())))


@lru_cache(maxsize=1)
def _checked(files: tuple[tuple[str, str], ...]) -> tuple[RulesReading, tuple[Fault, ...]]:
    """Reading all examples takes half a second, and most editions of a catalog keep the rules."""
    reading = read_reading_rules(dict(files))
    return reading, (*reading.faults, *_broken(reading))


def _broken(reading: RulesReading) -> Iterator[Fault]:
    """Examples are read only with rules that can be used."""
    if reading.source is None:
        return
    faults = [fault for rule in reading_rules.RULES for fault in rule(reading.source)]
    yield from faults or examples_are_read(reading.source)


def _places(reading: RulesReading, fault: Fault) -> Places:
    document = reading.documents.get(fault.document)
    return document.places if document else {}


def _compiled(reading: RulesReading) -> CompiledRules:
    if reading.source is None:
        raise ValueError("rules with faults cannot be compiled")
    return compile_reading_rules(reading.source)
