"""One execution, breadth first: each field answers for all parents of its level at once."""

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
    """Objects of one selection, to be filled together: their sources and what becomes of them."""

    __slots__ = ("placed", "selection", "sources")

    def __init__(self, selection: SelectionPlan) -> None:
        self.selection = selection
        self.sources: list[Any] = []
        self.placed: list[dict[str, Any]] = []


class Run:
    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDefinitionNode],
        variables: dict[str, Any],
        request: Any,  # noqa: ANN401 - belongs to the resolvers
    ) -> None:
        self.has_failed = False
        self.kinds: dict[int, SelectionPlan] = {}
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

    def place(self, selection: SelectionPlan, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a field's value
        """Make the object for this value, to be filled with the others of its selection."""
        group = self._groups.get(selection)
        if group is None:
            group = self._groups[selection] = Group(selection)
        placed = selection.template.copy()
        group.sources.append(value)
        group.placed.append(placed)
        return placed

    def remember_kind(self, placed: dict[str, Any], selection: SelectionPlan) -> None:
        self.kinds[id(placed)] = selection

    def info(self, field: FieldPlan) -> GraphQLResolveInfo:
        """Tell type resolvers what graphql-core would, but for the exact place in the response."""
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
        """Fill the group's objects and everything below them."""
        waiting: list[Awaitable[None]] = []
        ready = [group]
        while ready:
            ready.extend(self._fill_level(ready.pop(), waiting))
        await _all(waiting)

    def _fill_level(self, group: Group, waiting: list[Awaitable[None]]) -> Iterator[Group]:
        for field in group.selection.fields:
            values = self._values(field, group.sources)
            if not isinstance(values, list) and isawaitable(values):  # the usual answer first
                waiting.append(self._fill_later(field, group, values))
            else:
                yield from self._complete(field, group, values)

    async def _fill_later(
        self, field: FieldPlan, group: Group, values: Awaitable[Sequence[Any]]
    ) -> None:
        count = len(group.sources)
        try:
            resolved = _counted(await values, count)
        except Exception as error:  # noqa: BLE001 - the field fails, not the request
            resolved = [error] * count
        waiting: list[Awaitable[None]] = []
        ready = list(self._complete(field, group, resolved))
        while ready:
            ready.extend(self._fill_level(ready.pop(), waiting))
        await _all(waiting)

    def _complete(self, field: FieldPlan, group: Group, values: Sequence[Any]) -> list[Group]:
        """Put the values into their objects; answers the groups of objects that this began."""
        self._groups = {}
        key, complete = field.key, field.complete
        for placed, value in zip(group.placed, values, strict=True):
            placed[key] = complete(value, self)
        return list(self._groups.values())

    def _values(
        self, field: FieldPlan, sources: list[Any]
    ) -> Sequence[Any] | Awaitable[Sequence[Any]]:
        source = field.source
        if isinstance(source, Attribute):
            return _read(source, sources)
        if source is None:
            return [field.parent_type.name] * len(sources)
        try:
            return self._resolve(field, source, sources)
        except Exception as error:  # noqa: BLE001 - the field fails, not the request
            return [error] * len(sources)

    def _resolve(
        self, field: FieldPlan, source: Batched, sources: list[Any]
    ) -> Sequence[Any] | Awaitable[Sequence[Any]]:
        args = self._arguments(field)
        refused = source.access(self._request)
        if refused is not None:
            raise refused
        values = source.resolve(sources, args, self._request)
        if not isinstance(values, list) and isawaitable(values):
            return values
        return _counted(values, len(sources))

    def _arguments(self, field: FieldPlan) -> dict[str, Any]:
        if not field.definition.args:
            return {}
        try:
            return get_argument_values(field.definition, field.nodes[0], self._variables)
        except GraphQLError as error:
            raise ArgumentsNotUsable(error.message, error.nodes) from error


class ArgumentsNotUsable(GraphQLError):
    """What only a variable's value could tell, e.g. a null for an argument that takes none."""


def _counted(values: Sequence[Any], count: int) -> Sequence[Any]:
    if len(values) != count:
        raise ValueError(f"the resolver answered {len(values)} values for {count} parents")
    return values


def _read(attribute: Attribute, sources: list[Any]) -> list[Any]:
    if not any(isinstance(source, dict) for source in sources):
        try:
            return list(map(attrgetter(attribute.name), sources))
        except Exception:  # noqa: BLE001, S110 - read one by one below, to tell which failed
            pass
    return [_read_one(attribute, source) for source in sources]


def _read_one(attribute: Attribute, source: Any) -> Any:  # noqa: ANN401 - a field's value
    if isinstance(source, dict):
        return source.get(attribute.name, attribute.default)
    try:
        return getattr(source, attribute.name, attribute.default)
    except Exception as error:  # noqa: BLE001 - one value's failure stays its own
        return error


async def _all(waiting: list[Awaitable[None]]) -> None:
    if len(waiting) == 1:
        await waiting[0]
    elif waiting:
        await asyncio.gather(*waiting)
