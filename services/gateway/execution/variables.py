"""Coerces the variables of an operation. Error messages never repeat the values sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    coerce_input_value,
    is_input_type,
    is_non_null_type,
    type_from_ast,
    value_from_ast,
)

_MAX_ERRORS = 5


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables as the request has them (`raw`) and as resolvers see them (`coerced`)."""

    raw: Mapping[str, Any]
    coerced: dict[str, Any]


class VariablesNotUsable(Exception):
    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} variables cannot be used")
        self.errors = errors


def coerce_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, raw: Mapping[str, Any]
) -> Variables:
    """Coerce all variables. Raises VariablesNotUsable with at most five errors."""
    coerced: dict[str, Any] = {}
    errors: list[GraphQLError] = []
    for definition in operation.variable_definitions:
        _coerce_variable(schema, definition, raw, coerced, errors)
    if errors:
        raise VariablesNotUsable(errors[:_MAX_ERRORS])
    return Variables(raw, coerced)


def _coerce_variable(
    schema: GraphQLSchema,
    definition: VariableDefinitionNode,
    raw: Mapping[str, Any],
    coerced: dict[str, Any],
    errors: list[GraphQLError],
) -> None:
    name = definition.variable.name.value
    named = type_from_ast(schema, definition.type)
    type_ = cast(GraphQLInputType, named)
    if not is_input_type(named):
        errors.append(GraphQLError(f"Variable '${name}' is of no input type.", definition))
    elif name not in raw:
        _use_default(name, definition, type_, coerced, errors)
    elif raw[name] is None and is_non_null_type(type_):
        message = f"Variable '${name}' of non-null type '{type_}' must not be null."
        errors.append(GraphQLError(message, definition))
    else:
        coerced[name] = _coerce_value(name, definition, type_, raw[name], errors)


def _use_default(
    name: str,
    definition: VariableDefinitionNode,
    type_: GraphQLInputType,
    coerced: dict[str, Any],
    errors: list[GraphQLError],
) -> None:
    if definition.default_value:
        coerced[name] = value_from_ast(definition.default_value, type_)
    elif is_non_null_type(type_):
        message = f"Variable '${name}' of required type '{type_}' was not provided."
        errors.append(GraphQLError(message, definition))


def _coerce_value(
    name: str,
    definition: VariableDefinitionNode,
    type_: GraphQLInputType,
    value: Any,  # noqa: ANN401 - any JSON
    errors: list[GraphQLError],
) -> Any:  # noqa: ANN401 - any input value
    def on_error(path: list[str | int], _value: object, error: GraphQLError) -> None:
        place = name + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
        message = f"Variable '${name}' got an invalid value at '{place}': {error.message}"
        errors.append(GraphQLError(message, definition))

    return coerce_input_value(value, type_, on_error, hide_suggestions=True)
