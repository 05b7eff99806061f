"""Completes values: turns resolved values into response values.

An object starts empty and is filled later, together with all other objects of its field. A value
that fails becomes a Failure in its place in the response; NullPropagation then decides which nulls
and errors it causes. Messages are those of graphql-core.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import isfinite
from typing import Any, Protocol

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    Undefined,
    default_type_resolver,
)
from graphql.execution.execute import invalid_return_type_error
from graphql.pyutils import inspect, is_iterable

from services.gateway.execution.plan import Completer, FieldPlan, SelectionPlan


def resolve_type(
    schema: GraphQLSchema,
    type_: GraphQLAbstractType,
    value: Any,  # noqa: ANN401 - a field's value
    field: FieldPlan,
    info: GraphQLResolveInfo,
) -> GraphQLObjectType:
    """Resolve the concrete object type of an interface or union value. Raises GraphQLError."""
    resolver = type_.resolve_type or default_type_resolver
    name = resolver(value, info, type_)
    if name is None:
        raise GraphQLError(
            f"Abstract type '{type_.name}' must resolve to an Object type at runtime"
            f" for field '{field.name}'. Either the '{type_.name}' type should provide"
            " a 'resolve_type' function or each possible type should provide"
            " an 'is_type_of' function.",
            field.nodes,
        )
    if not isinstance(name, str):
        raise GraphQLError(
            f"Abstract type '{type_.name}' must resolve to an Object type at runtime"
            f" for field '{field.name}' with value {inspect(value)},"
            f" received '{inspect(name)}'.",
            field.nodes,
        )
    return _object_type(schema, type_, name, field)


def _object_type(
    schema: GraphQLSchema, type_: GraphQLAbstractType, name: str, field: FieldPlan
) -> GraphQLObjectType:
    object_type = schema.get_type(name)
    if object_type is None:
        message = (
            f"Abstract type '{type_.name}' was resolved to a type '{name}'"
            " that does not exist inside the schema."
        )
    elif not isinstance(object_type, GraphQLObjectType):
        message = f"Abstract type '{type_.name}' was resolved to a non-object type '{name}'."
    elif not schema.is_sub_type(type_, object_type):
        message = f"Runtime Object type '{name}' is not a possible type for '{type_.name}'."
    else:
        return object_type
    raise GraphQLError(message, field.nodes)


def check_type(
    object_type: GraphQLObjectType,
    value: Any,  # noqa: ANN401 - a field's value
    field: FieldPlan,
    info: GraphQLResolveInfo,
) -> None:
    """Raise GraphQLError if `is_type_of` of the type rejects the value."""
    if object_type.is_type_of and not object_type.is_type_of(value, info):
        raise invalid_return_type_error(object_type, value, field.nodes)


LeafSerializer = Callable[[Any], Any]

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1


def serializer_of(type_: GraphQLLeafType) -> LeafSerializer:
    """Return a function that serializes as the type does, and raises what the type raises.

    Values that are serialized already skip the type's own method.
    """
    checked = _checked(type_)
    if type_ in (GraphQLString, GraphQLID):
        return lambda value: value if value.__class__ is str else checked(value)
    if type_ is GraphQLBoolean:
        return lambda value: value if value.__class__ is bool else checked(value)
    if type_ is GraphQLInt:
        return lambda value: value if _is_plain_int(value) else checked(value)
    if type_ is GraphQLFloat:
        return lambda value: value if _is_plain_float(value) else checked(value)
    return _caching_members(checked) if isinstance(type_, GraphQLEnumType) else checked


def _checked(type_: GraphQLLeafType) -> LeafSerializer:
    serialize = type_.serialize

    def checked(value: Any) -> Any:  # noqa: ANN401 - any scalar
        result = serialize(value)
        if result is None or result is Undefined:
            raise TypeError(
                f"Expected `{inspect(type_)}.serialize({inspect(value)})`"
                f" to return non-nullable value, returned: {inspect(result)}"
            )
        return result

    return checked


def _is_plain_int(value: Any) -> bool:  # noqa: ANN401 - any scalar
    return value.__class__ is int and _INT_MIN <= value <= _INT_MAX


def _is_plain_float(value: Any) -> bool:  # noqa: ANN401 - any scalar
    return value.__class__ is float and isfinite(value)


def _caching_members(serialize: LeafSerializer) -> LeafSerializer:
    names: dict[Enum, str] = {}

    def serialize_member(value: Any) -> Any:  # noqa: ANN401 - any enum value
        if not isinstance(value, Enum):
            return serialize(value)
        name = names.get(value)
        if name is None:
            name = names[value] = serialize(value)
        return name

    return serialize_member


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
