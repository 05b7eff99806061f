"""Which object type a value of an interface or union is. Messages are graphql-core's own."""

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


def kind_of(
    schema: GraphQLSchema,
    type_: GraphQLAbstractType,
    value: Any,  # noqa: ANN401 - a field's value
    field: FieldPlan,
    info: GraphQLResolveInfo,
) -> GraphQLObjectType:
    """Ask the type which of its kinds the value is; raises GraphQLError when it is none."""
    resolve_type = type_.resolve_type or default_type_resolver
    name = resolve_type(value, info, type_)
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
    return _named_kind(schema, type_, name, field)


def _named_kind(
    schema: GraphQLSchema, type_: GraphQLAbstractType, name: str, field: FieldPlan
) -> GraphQLObjectType:
    kind = schema.get_type(name)
    if kind is None:
        message = (
            f"Abstract type '{type_.name}' was resolved to a type '{name}'"
            " that does not exist inside the schema."
        )
    elif not isinstance(kind, GraphQLObjectType):
        message = f"Abstract type '{type_.name}' was resolved to a non-object type '{name}'."
    elif not schema.is_sub_type(type_, kind):
        message = f"Runtime Object type '{name}' is not a possible type for '{type_.name}'."
    else:
        return kind
    raise GraphQLError(message, field.nodes)


def check_kind(
    kind: GraphQLObjectType,
    value: Any,  # noqa: ANN401 - a field's value
    field: FieldPlan,
    info: GraphQLResolveInfo,
) -> None:
    """Raise GraphQLError when the type says that the value is none of its own."""
    if kind.is_type_of and not kind.is_type_of(value, info):
        raise invalid_return_type_error(kind, value, field.nodes)
