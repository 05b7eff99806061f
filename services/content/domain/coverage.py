"""Where the catalog carries or corrects the statements of the article that it began with.

Every statement has a number. The catalog carries it at some places, or corrects it with a reason,
or both. A statement with neither is a gap.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
import yaml

from services.content.domain.faults import Fault, Path, problems
from services.content.domain.nodes import Document, compose
from services.content.domain.phrases import flattened
from services.content.domain.reading import COVERAGE
from services.content.domain.written import Written
from services.contracts.content import Problem

STATEMENTS: Final = 109
"""The number of statements in the article, from F-001 on."""

_NAMES: Final = ("key", "slug", "code", "concern", "term", "title", "name", "partner", "question")
_FACT: Final = re.compile(r"F-\d{3}")

Places = dict[str, tuple[str, ...]]
"""Paths such as `treats.acne-scars`, by file without `.yaml`. List entries go by name or number."""


class Correction(Written, frozen=True, kw_only=True):
    """Something the article has wrong or overstates. `shown` is where readers see that."""

    what: str
    reason: str
    shown: Places = msgspec.field(default_factory=dict)


class Statement(Written, frozen=True, kw_only=True):
    """The places must contain the words in `says`, in upper or lower case."""

    label: str
    carried: Places = msgspec.field(default_factory=dict)
    says: tuple[str, ...] = ()
    corrected: str | None = None


class CoverageFile(Written, frozen=True, kw_only=True):
    corrections: dict[str, Correction]
    statements: dict[str, Statement]


def cover_article(files: Mapping[str, str]) -> CoverageFile | tuple[Problem, ...]:
    """Return the coverage of a catalog's folder, or every gap by line."""
    if COVERAGE not in files:
        fault = Fault(COVERAGE, (), "the file is missing; say where each statement is carried", 1)
        return problems([({}, fault)])
    node, faults = compose(COVERAGE, files[COVERAGE])
    if node is None:
        return problems(({}, fault) for fault in faults)
    document = Document(COVERAGE)
    read = document.convert(node, CoverageFile)
    gaps = document.faults or list(_gaps(read, files))
    return problems((document.places, fault) for fault in gaps) or read


def _gaps(read: CoverageFile, files: Mapping[str, str]) -> Iterator[Fault]:
    texts = _Texts(files)
    yield from _unnumbered(read)
    for number, statement in read.statements.items():
        yield from _of_statement(("statements", number), statement, read, texts)
    for number, correction in read.corrections.items():
        place: Path = ("corrections", number)
        yield from _unknown_places((*place, "shown"), correction.shown, texts)
        if all(number != statement.corrected for statement in read.statements.values()):
            yield Fault(
                COVERAGE, place, f"corrects no statement; name {number} in one or remove it"
            )


def _unnumbered(read: CoverageFile) -> Iterator[Fault]:
    expected = [f"F-{number:03}" for number in range(1, STATEMENTS + 1)]
    for number in expected:
        if number not in read.statements:
            problem = f"{number} is missing; say where it is carried, or which correction it has"
            yield Fault(COVERAGE, ("statements",), problem)
    for number in read.statements.keys() - set(expected):
        kind = "is not a number such as F-001" if not _FACT.fullmatch(number) else "is none"
        yield Fault(COVERAGE, ("statements", number), f"{number} {kind}; correct it")


def _of_statement(
    place: Path, statement: Statement, read: CoverageFile, texts: "_Texts"
) -> Iterator[Fault]:
    if not statement.carried and not statement.corrected:
        yield Fault(COVERAGE, place, "neither carried nor corrected; this is a gap")
    if statement.corrected and statement.corrected not in read.corrections:
        problem = f"unknown correction {statement.corrected!r}; add it, or correct the name"
        yield Fault(COVERAGE, (*place, "corrected"), problem)
    yield from _unknown_places((*place, "carried"), statement.carried, texts)
    carried = " ".join(_carried(statement.carried, texts))
    for number, words in enumerate(statement.says):
        if flattened(words).casefold() not in carried:
            problem = f"none of the places says {words!r}; mend the catalog, or the words"
            yield Fault(COVERAGE, (*place, "says", number), problem)


def _unknown_places(place: Path, places: Places, texts: "_Texts") -> Iterator[Fault]:
    for file, paths in places.items():
        for number, path in enumerate(paths):
            if texts.at(file, path) is None:
                problem = f"{file} has no {path!r}; say where it is now, or correct the statement"
                yield Fault(COVERAGE, (*place, file, number), problem)


def _carried(places: Places, texts: "_Texts") -> Iterator[str]:
    for file, paths in places.items():
        for path in paths:
            if (text := texts.at(file, path)) is not None:
                yield text


class _Texts:
    """Looks up the text of a folder's files by place."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._nodes: dict[str, yaml.Node | None] = {}

    def at(self, file: str, path: str) -> str | None:
        """Return all text at a place and below in lower case, or None if there is no such place."""
        node = self._node(f"{file}.yaml")
        for part in path.split("."):
            node = _below(node, part) if node is not None else None
        return None if node is None else " ".join(_scalars(node)).casefold()

    def _node(self, name: str) -> yaml.Node | None:
        if name not in self._nodes:
            self._nodes[name] = compose(name, self._files[name])[0] if name in self._files else None
        return self._nodes[name]


def _below(node: yaml.Node, part: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if not isinstance(node, yaml.SequenceNode):
        return None
    if part.isdigit():
        number = int(part)
        return node.value[number - 1] if 1 <= number <= len(node.value) else None
    return next((item for item in node.value if part in _names(item)), None)


def _names(item: yaml.Node) -> set[str]:
    if not isinstance(item, yaml.MappingNode):
        return {item.value} if isinstance(item, yaml.ScalarNode) else set()
    return {
        value.value
        for key, value in item.value
        if key.value in _NAMES and isinstance(value, yaml.ScalarNode)
    }


def _scalars(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield flattened(node.value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
