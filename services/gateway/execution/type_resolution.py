"""Resolves the object type of a value of an interface or union.

The error messages are those of graphql-core.
"""

from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    default_type_resolver,
)
from graphql.execution.execute import invalid_return_type_error
from graphql.pyutils import inspect

from services.gateway.execution.plan import FieldPlan


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
