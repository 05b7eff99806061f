"""Serializes scalars and enums; values that are serialized already skip the type's own method."""

from collections.abc import Callable
from enum import Enum
from math import isfinite
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import inspect

LeafSerializer = Callable[[Any], Any]

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1


def serializer_of(type_: GraphQLLeafType) -> LeafSerializer:
    """Return a function that serializes as the type does, and raises what the type raises."""
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
