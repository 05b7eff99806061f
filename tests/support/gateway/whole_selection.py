"""Builds selections of every field of a type."""

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

_ABSTRACT = GraphQLInterfaceType | GraphQLUnionType
_COMPOSITE = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def whole_selection(
    schema: GraphQLSchema, name: str, enclosing: frozenset[str] = frozenset()
) -> str:
    """Select every field, recursively; a type within itself selects only `__typename`."""
    return _select(schema, schema.type_map[name], enclosing)


def _select(schema: GraphQLSchema, type_: GraphQLNamedType, enclosing: frozenset[str]) -> str:
    if isinstance(type_, _ABSTRACT):
        possible = schema.get_possible_types(type_)
        parts = [
            f"... on {object_type.name} {_select(schema, object_type, enclosing)}"
            for object_type in possible
            if object_type.name not in enclosing
        ]
        return f"{{ __typename {' '.join(parts)} }}"
    assert isinstance(type_, GraphQLObjectType)
    within = enclosing | {type_.name}
    fields = (
        _field(schema, name, field, within)
        for name, field in type_.fields.items()
        if not any(map(is_required_argument, field.args.values()))
    )
    return f"{{ __typename {' '.join(filter(None, fields))} }}"


def _field(schema: GraphQLSchema, name: str, field: GraphQLField, enclosing: frozenset[str]) -> str:
    type_ = get_named_type(field.type)
    if is_leaf_type(type_):
        return name
    assert isinstance(type_, _COMPOSITE)
    if type_.name in enclosing:
        return f"{name} {{ __typename }}"
    return f"{name} {_select(schema, type_, enclosing)}"
