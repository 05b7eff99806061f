"""Reads the rules for reading replies from a catalog's files, with every wrong shape."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from services.content.domain.faults import Fault
from services.content.domain.nodes import Document, compose
from services.content.domain.reading import REPLIES
from services.content.domain.reading_rules_source import (
    MarksFile,
    RefusalsFile,
    ReliefFile,
    RulesSource,
    SignSource,
    WeightsFile,
)
from services.content.domain.written import Phrases

WORDS: Final = f"{REPLIES}words.yaml"
SIGNS: Final = f"{REPLIES}signs.yaml"
REFUSALS: Final = f"{REPLIES}refusals.yaml"
RELIEF: Final = f"{REPLIES}relief.yaml"
MARKS: Final = f"{REPLIES}marks.yaml"
WEIGHTS: Final = f"{REPLIES}weights.yaml"
_TYPES: Final[Mapping[str, Any]] = {
    WORDS: dict[str, Phrases],
    SIGNS: tuple[SignSource, ...],
    REFUSALS: RefusalsFile,
    RELIEF: ReliefFile,
    MARKS: MarksFile,
    WEIGHTS: WeightsFile,
}


class RulesReading(msgspec.Struct, frozen=True):
    """The rules as read. `source` is None if a file has a fault."""

    source: RulesSource | None
    documents: dict[str, Document]
    faults: tuple[Fault, ...]


def reading_rules_files(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files of the folder `replies`, by path."""
    return {path: text for path, text in files.items() if path.startswith(REPLIES)}


def read_reading_rules(files: Mapping[str, str]) -> RulesReading:
    """Read the files of the folder `replies`. All of them must be there."""
    documents = {path: Document(path) for path in _TYPES}
    values: dict[str, Any] = {}
    faults = list(_misplaced(files))
    for path in _TYPES:
        node, compose_faults = compose(path, files[path]) if path in files else (None, ())
        faults.extend(compose_faults)
        if node is not None:
            values[path] = documents[path].convert(node, _TYPES[path])
            faults.extend(documents[path].faults)
    return RulesReading(None if faults else _source(values), documents, tuple(faults))


def _misplaced(files: Mapping[str, str]) -> Iterator[Fault]:
    for path in _TYPES:
        if path not in files:
            yield Fault(path, (), "the file is missing; copy it from the shipped catalog", 1)
    for path in files:
        if path not in _TYPES:
            problem = f"not a file of the rules for replies; known: {', '.join(_TYPES)}"
            yield Fault(path, (), problem, 1)


def _source(values: Mapping[str, Any]) -> RulesSource:
    return RulesSource(
        words=values[WORDS],
        signs=values[SIGNS],
        refusals=values[REFUSALS],
        relief=values[RELIEF],
        marks=values[MARKS],
        word_weights=values[WEIGHTS],
    )
