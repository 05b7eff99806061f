"""Completes values: turns resolved values into response values.

An object starts empty and is filled later, together with all other objects of its field. A value
that fails becomes a Failure in its place in the response;
services.gateway.execution.null_propagation then decides which nulls and errors it causes.
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

from services.gateway.execution.leaves import LeafSerializer, serializer_of
from services.gateway.execution.plan import Completer, FieldPlan, SelectionPlan
from services.gateway.execution.type_resolution import check_type, resolve_type


@dataclass(frozen=True, slots=True)
class Failure:
    """Takes the place of a value that could not be produced."""

    error: Exception


class Run(Protocol):
    """The execution that a value is completed for."""

    def fail(self, error: Exception) -> Failure: ...
    def new_object(self, selection: SelectionPlan, value: Any) -> dict[str, Any]: ...  # noqa: ANN401 - a field's value
    def remember_type(self, result: dict[str, Any], selection: SelectionPlan) -> None: ...
    def info(self, field: FieldPlan) -> GraphQLResolveInfo: ...


Absent = Callable[[Run], Failure | None]


def completer_of(schema: GraphQLSchema, field: FieldPlan) -> Completer:
    """Return the function that completes the values of this field."""
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
    raise TypeError(f"{type_} is not an output type")


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
        except Exception as error:  # noqa: BLE001 - the failure of one value affects no other
            return run.fail(error)

    return complete


def _list(complete_item: Completer, field: FieldPlan, absent: Absent) -> Completer:
    not_iterable = f"Expected Iterable, but did not find one for field '{field.name}'."

    def complete(value: Any, run: Run) -> Any:  # noqa: ANN401 - a field's value
        if value is None or value is Undefined:
            return absent(run)
        if isinstance(value, Exception):
            return run.fail(value)
        if not is_iterable(value):
            return run.fail(GraphQLError(not_iterable))
        try:
            return [complete_item(item, run) for item in value]
        except Exception as error:  # noqa: BLE001 - an iterator may raise anything
            return run.fail(error)

    return complete


def _object(type_: GraphQLObjectType, field: FieldPlan, absent: Absent) -> Completer:
    def complete(value: Any, run: Run) -> Any:  # noqa: ANN401 - a field's value
        if value is None or value is Undefined:
            return absent(run)
        if isinstance(value, Exception):
            return run.fail(value)
        if type_.is_type_of:
            try:
                check_type(type_, value, field, run.info(field))
            except Exception as error:  # noqa: BLE001 - the failure of one value affects no other
                return run.fail(error)
        return run.new_object(field.selection_on(type_), value)

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
            object_type = resolve_type(schema, type_, value, field, info)
            check_type(object_type, value, field, info)
        except Exception as error:  # noqa: BLE001 - the failure of one value affects no other
            return run.fail(error)
        selection = field.selection_on(object_type)
        result = run.new_object(selection, value)
        run.remember_type(result, selection)
        return result

    return complete
