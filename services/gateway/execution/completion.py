"""From resolved values to response values.

Composite values become empty objects, filled later together with all others of their field.
What goes wrong is left in place as a Failure; services.gateway.execution.settling decides what it
costs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import (
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
)
from graphql.pyutils import is_iterable

from services.gateway.execution.kinds import check_kind, kind_of
from services.gateway.execution.leaves import LeafSerializer, serializer_of
from services.gateway.execution.plan import Completer, FieldPlan, SelectionPlan


@dataclass(frozen=True, slots=True)
class Failure:
    """Stands in a response where a value should have been."""

    error: Exception


class Run(Protocol):
    """What completing a value needs to know of the request it is for."""

    def fail(self, error: Exception) -> Failure: ...
    def place(self, selection: SelectionPlan, value: Any) -> dict[str, Any]: ...  # noqa: ANN401 - a field's value
    def remember_kind(self, placed: dict[str, Any], selection: SelectionPlan) -> None: ...
    def info(self, field: FieldPlan) -> GraphQLResolveInfo: ...


Absent = Callable[[Run], Failure | None]


def completer_of(schema: GraphQLSchema, field: FieldPlan) -> Completer:
    """Make the function that completes this field's values."""
    return _of_type(schema, field.definition.type, field)


def _of_type(schema: GraphQLSchema, type_: GraphQLOutputType, field: FieldPlan) -> Completer:
    absent: Absent = _absent
    if isinstance(type_, GraphQLNonNull):
        absent = _absent_required(field)
        type_ = type_.of_type
    if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
        return _leaf(serializer_of(type_), absent)
    if isinstance(type_, GraphQLList):
        return _list(_of_type(schema, type_.of_type, field), field, absent)
    if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
        return _abstract(schema, type_, field, absent)
    if isinstance(type_, GraphQLObjectType):
        return _object(type_, field, absent)
    raise TypeError(f"{type_} is no output type")


def _absent(_run: Run) -> None:
    return None


def _absent_required(field: FieldPlan) -> Absent:
    message = f"Cannot return null for non-nullable field {field.name}."

    def absent(run: Run) -> Failure:
        return run.fail(TypeError(message))

    return absent


def _leaf(serialize: LeafSerializer, absent: Absent) -> Completer:
    def complete(value: Any, run: Run) -> Any:  # noqa: ANN401 - a field's value
        if value is None or value is Undefined:
            return absent(run)
        if isinstance(value, Exception):
            return run.fail(value)
        try:
            return serialize(value)
        except Exception as error:  # noqa: BLE001 - one value's failure stays its own
            return run.fail(error)

    return complete


def _list(item: Completer, field: FieldPlan, absent: Absent) -> Completer:
    not_iterable = f"Expected Iterable, but did not find one for field '{field.name}'."

    def complete(value: Any, run: Run) -> Any:  # noqa: ANN401 - a field's value
        if value is None or value is Undefined:
            return absent(run)
        if isinstance(value, Exception):
            return run.fail(value)
        if not is_iterable(value):
            return run.fail(GraphQLError(not_iterable))
        try:
            return [item(each, run) for each in value]
        except Exception as error:  # noqa: BLE001 - an iterator may raise anything
            return run.fail(error)

    return complete


def _object(kind: GraphQLObjectType, field: FieldPlan, absent: Absent) -> Completer:
    def complete(value: Any, run: Run) -> Any:  # noqa: ANN401 - a field's value
        if value is None or value is Undefined:
            return absent(run)
        if isinstance(value, Exception):
            return run.fail(value)
        if kind.is_type_of:
            try:
                check_kind(kind, value, field, run.info(field))
            except Exception as error:  # noqa: BLE001 - one value's failure stays its own
                return run.fail(error)
        return run.place(field.selection_on(kind), value)

    return complete


def _abstract(
    schema: GraphQLSchema, type_: GraphQLAbstractType, field: FieldPlan, absent: Absent
) -> Completer:
    def complete(value: Any, run: Run) -> Any:  # noqa: ANN401 - a field's value
        if value is None or value is Undefined:
            return absent(run)
        if isinstance(value, Exception):
            return run.fail(value)
        try:
            info = run.info(field)
            kind = kind_of(schema, type_, value, field, info)
            check_kind(kind, value, field, info)
        except Exception as error:  # noqa: BLE001 - one value's failure stays its own
            return run.fail(error)
        selection = field.selection_on(kind)
        placed = run.place(selection, value)
        run.remember_kind(placed, selection)
        return placed

    return complete
