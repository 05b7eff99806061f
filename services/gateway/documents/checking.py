"""Parses and validates documents before they are executed, and caches the results."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Visitor,
    parse,
    validate,
    visit,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from services.gateway.documents.faults import DocumentRefused, Fault, fault_of
from services.gateway.documents.limits import Limits, check_limits
from services.gateway.execution.executor import INTROSPECTION, Executor
from services.gateway.execution.plan import Operation

MAX_TOKENS = 1_000
MAX_CHARACTERS = 20_000
_MAX_COMMENTS = 200
_MAX_ERRORS = 5
_OVERLAP_BUDGET = 10_000
"""Enough for a field that is repeated fifty times. With graphql-core's 500,000, a document of 12 kB
keeps a core busy for a second."""


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """`post_only` are the fields of the document that a GET request may not ask for."""

    operations: Mapping[str | None, Operation]
    has_introspection: bool
    post_only: tuple[str, ...] = ()

    def operation(self, name: str | None) -> Operation:
        """Return the operation of this name, or the only one. Raises DocumentRefused."""
        if name is not None:
            operation = self.operations.get(name)
        else:
            operation = next(iter(self.operations.values())) if len(self.operations) == 1 else None
        if operation is None:
            message = "There is no operation of that name." if name is not None else _NAME_NEEDED
            raise DocumentRefused([Fault("OPERATION_RESOLUTION_FAILURE", message)])
        return operation


_NAME_NEEDED = "The document has several operations: say which in operationName."


class DocumentChecker:
    """Parses documents and validates them against one schema."""

    def __init__(self, executor: Executor, limits: Limits | None = None) -> None:
        self._executor = executor
        self._limits = limits or Limits()
        self._post_only = _post_only(executor.schema)
        overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = _OVERLAP_BUDGET

    def check(self, text: str) -> CheckedDocument:
        """Parse and validate a document. Raises DocumentRefused with at most five faults.

        The faults suggest no names of the schema.
        """
        try:
            document = parse(
                text,
                max_lexical_tokens=MAX_TOKENS,
                max_comments=_MAX_COMMENTS,
                max_source_length=MAX_CHARACTERS,
            )
        except GraphQLError as error:
            raise DocumentRefused([_parse_fault(error)]) from None
        check_limits(document, self._limits)
        faults = self._validate(document)
        if faults:
            raise DocumentRefused(faults)
        fields = _FieldNames()
        visit(document, fields)
        return CheckedDocument(
            self._executor.prepare(document),
            has_introspection=not fields.names.isdisjoint(INTROSPECTION),
            post_only=tuple(sorted(fields.names & self._post_only)),
        )

    def _validate(self, document: DocumentNode) -> list[Fault]:
        errors = validate(
            self._executor.schema, document, max_errors=_MAX_ERRORS, hide_suggestions=True
        )
        return [fault_of("GRAPHQL_VALIDATION_FAILED", error) for error in errors[:_MAX_ERRORS]]


def _parse_fault(error: GraphQLError) -> Fault:
    if " contains more than " in error.message:
        return Fault("DOCUMENT_TOO_LARGE", error.message.removeprefix("Syntax Error: "))
    return fault_of("GRAPHQL_PARSE_FAILED", error)


def _post_only(schema: GraphQLSchema) -> frozenset[str]:
    query = schema.query_type
    return frozenset(
        name
        for name, field in (query.fields if query else {}).items()
        if getattr(field.resolve, "post_only", False)
    )


class _FieldNames(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.names.add(node.name.value)


V = TypeVar("V")

_MAX_CHECKED = 1_000
_MAX_REFUSALS = 200


class _LruCache(Generic[V]):
    """Keeps the `most` values that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[bytes, V] = OrderedDict()

    def get(self, key: bytes) -> V | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: bytes, value: V) -> None:
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)


class DocumentStore:
    """Checks documents and caches the results by the SHA-256 of the text: most are repeated.

    Refusals have a cache of their own, so a stream of bad documents evicts no good ones.
    """

    def __init__(
        self,
        check: Callable[[str], CheckedDocument],
        *,
        max_checked: int = _MAX_CHECKED,
        max_refusals: int = _MAX_REFUSALS,
    ) -> None:
        self._check = check
        self._checked: _LruCache[CheckedDocument] = _LruCache(max_checked)
        self._refused: _LruCache[DocumentRefused] = _LruCache(max_refusals)

    def get(self, text: str) -> CheckedDocument:
        """Return the checked document. Raises DocumentRefused."""
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        checked = self._checked.get(key)
        return checked if checked is not None else self._check_new(key, text)

    def _check_new(self, key: bytes, text: str) -> CheckedDocument:
        refused = self._refused.get(key)
        if refused is not None:
            raise DocumentRefused(refused.faults)
        try:
            checked = self._check(text)
        except DocumentRefused as refusal:
            self._refused.put(key, DocumentRefused(refusal.faults))
            raise
        self._checked.put(key, checked)
        return checked
