"""Limits on documents. They are cheap to check and come before validation, which can be expensive.

Every spread of a fragment counts in full, so fragments that spread others multiply their aliases.
Each fragment is measured once, however often it is spread.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Visitor,
    visit,
)

from services.gateway.documents.faults import DocumentRefused, Fault
from services.gateway.execution.executor import INTROSPECTION

_NESTED_SELECTIONS = 50
"""Nested braces and spreads; bounds the recursion of this module."""


@dataclass(frozen=True, slots=True)
class Limits:
    depth: int = 10
    aliases: int = 30
    directives: int = 10
    root_fields: int = 10
    mutations: int = 3


@dataclass(frozen=True, slots=True)
class Size:
    """The measures of a selection. `fields` counts the fields at its top level."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0

    def plus(self, other: "Size") -> "Size":
        return Size(
            max(self.depth, other.depth), self.aliases + other.aliases, self.fields + other.fields
        )


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Raise DocumentRefused with the first limit that the document exceeds."""
    _check_directives(document, limits)
    measure = _Measure(document)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            _check_operation(operation, measure.size_of(operation.selection_set), limits)


def _check_operation(operation: OperationDefinitionNode, size: Size, limits: Limits) -> None:
    if size.depth > limits.depth:
        _refuse("QUERY_TOO_DEEP", f"Fields may be nested {limits.depth} deep", size.depth)
    if size.aliases > limits.aliases:
        _refuse("TOO_MANY_ALIASES", f"There may be {limits.aliases} aliases", size.aliases)
    is_mutation = operation.operation is OperationType.MUTATION
    most = limits.mutations if is_mutation else limits.root_fields
    if size.fields > most:
        _refuse("TOO_MANY_ROOT_FIELDS", f"There may be {most} fields at the root", size.fields)


def _check_directives(document: DocumentNode, limits: Limits) -> None:
    directives = _DirectiveCount()
    visit(document, directives)
    if directives.count > limits.directives:
        _refuse(
            "TOO_MANY_DIRECTIVES", f"There may be {limits.directives} directives", directives.count
        )


def _refuse(code: str, allowed: str, count: int) -> None:
    shown = str(count) if count < 10**6 else "far more"
    raise DocumentRefused([Fault(code, f"{allowed}; this document has {shown}.")])


class _DirectiveCount(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        self.count += 1


class _Measure:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._sizes: dict[str, Size] = {}
        self._nested = 0

    def size_of(self, selections: SelectionSetNode | None) -> Size:
        if self._nested == _NESTED_SELECTIONS:
            _refuse("QUERY_TOO_DEEP", "Selections may be nested 50 deep", self._nested + 1)
        self._nested += 1
        size = self._sum(selections)
        self._nested -= 1
        return size

    def _sum(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for part in self._parts(selections):
            size = size.plus(part)
        return size

    def _parts(self, selections: SelectionSetNode | None) -> Iterator[Size]:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                yield self._field(node)
            elif isinstance(node, InlineFragmentNode):
                yield self.size_of(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                yield self._fragment(node.name.value)

    def _field(self, node: FieldNode) -> Size:
        """Introspection counts as one level: its usual query is deeper than the limit allows."""
        below = self.size_of(node.selection_set)
        depth = 1 if node.name.value in INTROSPECTION else below.depth + 1
        return Size(depth, below.aliases + (node.alias is not None), 1)

    def _fragment(self, name: str) -> Size:
        """A fragment that spreads itself counts as empty here; validation refuses it later."""
        size = self._sizes.get(name)
        if size is None:
            self._sizes[name] = Size()
            fragment = self._fragments.get(name)
            size = self.size_of(fragment.selection_set) if fragment else Size()
            self._sizes[name] = size
        return size
