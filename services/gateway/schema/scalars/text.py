"""Scalars that are strings: values and literals are parsed alike, and errors repeat no input."""

from collections.abc import Callable
from typing import Any

import graphene
from graphql import GraphQLError, StringValueNode, Undefined, ValueNode

Parse = Callable[[str], Any]
"""Parses the text into a Python value; raises ValueError that says what is expected."""

Serialize = Callable[[Any], str]


def text_scalar(name: str, description: str, parse: Parse, serialize: Serialize) -> Any:  # noqa: ANN401 - graphene ships no types
    """Define a scalar that is a string on the wire."""

    def parse_value(value: object) -> Any:  # noqa: ANN401 - any scalar's value
        if not isinstance(value, str):
            raise GraphQLError(f"{name} must be a string.")
        try:
            return parse(value)
        except ValueError as error:
            raise GraphQLError(f"{name}: {error}") from None

    def parse_literal(node: ValueNode, _variables: object = None) -> Any:  # noqa: ANN401 - any scalar's value
        if not isinstance(node, StringValueNode):
            return Undefined
        return parse_value(node.value)

    return type(
        name,
        (graphene.Scalar,),
        {
            "__doc__": description,
            "serialize": staticmethod(serialize),
            "parse_value": staticmethod(parse_value),
            "parse_literal": staticmethod(parse_literal),
        },
    )
