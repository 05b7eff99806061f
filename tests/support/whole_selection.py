"""Selects everything that a type of the schema can tell."""

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


def whole_selection(schema: GraphQLSchema, name: str, passed: frozenset[str] = frozenset()) -> str:
    """Every field, down to types met on the way already, of which `__typename` is told."""
    return _select(schema, schema.type_map[name], passed)


def _select(schema: GraphQLSchema, type_: GraphQLNamedType, passed: frozenset[str]) -> str:
    if isinstance(type_, _ABSTRACT):
        kinds = (kind for kind in schema.get_possible_types(type_) if kind.name not in passed)
        parts = [f"... on {kind.name} {_select(schema, kind, passed)}" for kind in kinds]
        return f"{{ __typename {' '.join(parts)} }}"
    assert isinstance(type_, GraphQLObjectType)
    within = passed | {type_.name}
    fields = (
        _field(schema, name, field, within)
        for name, field in type_.fields.items()
        if not any(map(is_required_argument, field.args.values()))
    )
    return f"{{ __typename {' '.join(filter(None, fields))} }}"


def _field(schema: GraphQLSchema, name: str, field: GraphQLField, passed: frozenset[str]) -> str:
    type_ = get_named_type(field.type)
    if is_leaf_type(type_):
        return name
    assert isinstance(type_, _COMPOSITE)
    if type_.name in passed:
        return f"{name} {{ __typename }}"
    return f"{name} {_select(schema, type_, passed)}"
