"""One execution, breadth first: each field is resolved for all parents of its level at once."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from inspect import isawaitable
from operator import attrgetter
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from services.gateway.execution.batched import Batched
from services.gateway.execution.completion import Failure
from services.gateway.execution.plan import Attribute, FieldPlan, SelectionPlan


class Group:
    """Response objects of one selection that are filled together, and the value behind each."""

    __slots__ = ("parents", "results", "selection")

    def __init__(self, selection: SelectionPlan) -> None:
        self.selection = selection
        self.parents: list[Any] = []
        self.results: list[dict[str, Any]] = []


class Run:
    """The state of one execution.

    `selections` holds the selection of each object of abstract type, by the object's `id()`.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDefinitionNode],
        variables: dict[str, Any],
        request: Any,  # noqa: ANN401 - belongs to the resolvers
    ) -> None:
        self.has_failed = False
        self.selections: dict[int, SelectionPlan] = {}
        self._schema = schema
        self._operation = operation
        self._fragments = fragments
        self._variables = variables
        self._request = request
        self._groups: dict[SelectionPlan, Group] = {}
        self._infos: dict[FieldPlan, GraphQLResolveInfo] = {}

    def fail(self, error: Exception) -> Failure:
        self.has_failed = True
        return Failure(error)

    def new_object(self, selection: SelectionPlan, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a field's value
        """Return an empty object for this value, to be filled with the others of its selection."""
        group = self._groups.get(selection)
        if group is None:
            group = self._groups[selection] = Group(selection)
        result = selection.template.copy()
        group.parents.append(value)
        group.results.append(result)
        return result

    def remember_type(self, result: dict[str, Any], selection: SelectionPlan) -> None:
        self.selections[id(result)] = selection

    def info(self, field: FieldPlan) -> GraphQLResolveInfo:
        """Return what graphql-core tells type resolvers, with the response key alone as path."""
        info = self._infos.get(field)
        if info is None:
            info = self._infos[field] = self._make_info(field)
        return info

    def _make_info(self, field: FieldPlan) -> GraphQLResolveInfo:
        return GraphQLResolveInfo(
            field.nodes[0].name.value,
            field.nodes,
            field.definition.type,
            field.parent_type,
            Path(None, field.key, field.parent_type.name),
            self._schema,
            self._fragments,
            None,
            self._operation,
            self._variables,
            self._request,
            isawaitable,
        )

    async def fill(self, group: Group) -> None:
        """Fill the objects of the group and everything below them."""
        pending: list[Awaitable[None]] = []
        ready = [group]
        while ready:
            ready.extend(self._fill_level(ready.pop(), pending))
        await _all(pending)

    def _fill_level(self, group: Group, pending: list[Awaitable[None]]) -> Iterator[Group]:
        for field in group.selection.fields:
            values = self._values(field, group.parents)
            if not isinstance(values, list) and isawaitable(values):  # a list is the usual case
                pending.append(self._fill_later(field, group, values))
            else:
                yield from self._complete(field, group, values)

    async def _fill_later(
        self, field: FieldPlan, group: Group, values: Awaitable[Sequence[Any]]
    ) -> None:
        count = len(group.parents)
        try:
            resolved = _counted(await values, count)
        except Exception as error:  # noqa: BLE001 - the field fails, not the request
            resolved = [error] * count
        pending: list[Awaitable[None]] = []
        ready = list(self._complete(field, group, resolved))
        while ready:
            ready.extend(self._fill_level(ready.pop(), pending))
        await _all(pending)

    def _complete(self, field: FieldPlan, group: Group, values: Sequence[Any]) -> list[Group]:
        """Put the values into their objects. Returns the groups of objects that are new."""
        self._groups = {}
        key, complete = field.key, field.complete
        for result, value in zip(group.results, values, strict=True):
            result[key] = complete(value, self)
        return list(self._groups.values())

    def _values(
        self, field: FieldPlan, parents: list[Any]
    ) -> Sequence[Any] | Awaitable[Sequence[Any]]:
        source = field.source
        if isinstance(source, Attribute):
            return _read(source, parents)
        if source is None:
            return [field.parent_type.name] * len(parents)
        try:
            return self._resolve(field, source, parents)
        except Exception as error:  # noqa: BLE001 - the field fails, not the request
            return [error] * len(parents)

    def _resolve(
        self, field: FieldPlan, source: Batched, parents: list[Any]
    ) -> Sequence[Any] | Awaitable[Sequence[Any]]:
        args = self._arguments(field)
        refused = source.access(self._request)
        if refused is not None:
            raise refused
        values = source.resolve(parents, args, self._request)
        if not isinstance(values, list) and isawaitable(values):
            return values
        return _counted(values, len(parents))

    def _arguments(self, field: FieldPlan) -> dict[str, Any]:
        if not field.definition.args:
            return {}
        try:
            return get_argument_values(field.definition, field.nodes[0], self._variables)
        except GraphQLError as error:
            raise ArgumentsNotUsable(error.message, error.nodes) from error


class ArgumentsNotUsable(GraphQLError):
    """Arguments that a variable's value makes invalid, such as null where null is not allowed."""


def _counted(values: Sequence[Any], count: int) -> Sequence[Any]:
    if len(values) != count:
        raise ValueError(f"the resolver returned {len(values)} values for {count} parents")
    return values


def _read(attribute: Attribute, parents: list[Any]) -> list[Any]:
    if not any(isinstance(parent, dict) for parent in parents):
        try:
            return list(map(attrgetter(attribute.name), parents))
        except Exception:  # noqa: BLE001, S110 - reading one by one below finds out which failed
            pass
    return [_read_from(attribute, parent) for parent in parents]


def _read_from(attribute: Attribute, parent: Any) -> Any:  # noqa: ANN401 - a field's value
    if isinstance(parent, dict):
        return parent.get(attribute.name, attribute.default)
    try:
        return getattr(parent, attribute.name, attribute.default)
    except Exception as error:  # noqa: BLE001 - the failure of one value affects no other
        return error


async def _all(pending: list[Awaitable[None]]) -> None:
    if len(pending) == 1:
        await pending[0]
    elif pending:
        await asyncio.gather(*pending)
