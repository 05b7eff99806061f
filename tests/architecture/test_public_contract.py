"""What we define against what was promised to those who build on it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_schema,
)

from services.gateway.execution.batched import Batched
from services.gateway.schema.__main__ import COMMITTED
from services.gateway.schema.access import PUBLIC, RoleRule
from services.gateway.schema.build import build, printed

CONTRACT = Path(__file__).with_name("contract.graphql")

PRIVATE_ROOTS = {
    "access",
    "viewer",
    "patient",
    "patients",
    "enrollment",
    "enrollments",
    "deliveryReport",
    "reminders",
    "tasks",
    "inbox",
    "escalations",
    "explainReply",
}
"""Root fields whose answers depend on the asker: nobody's types but theirs are below them."""

SHARED_TYPES = {"PageInfo"}


@cache
def ours() -> GraphQLSchema:
    return build()


@cache
def promised() -> GraphQLSchema:
    return build_schema(CONTRACT.read_text())


def own_types() -> Iterator[GraphQLNamedType]:
    for type_ in ours().type_map.values():
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_):
            yield type_


def shape_of(schema: GraphQLSchema) -> dict[str, str]:
    """Every field, input field and argument, by its path, with its type and default."""
    shape: dict[str, str] = {}
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                shape[f"{name}.{field_name}"] = str(field.type)
                for arg_name, arg in field.args.items():
                    default = _plain(arg.default_value)
                    shape[f"{name}.{field_name}({arg_name})"] = f"{arg.type} = {default}"
        if isinstance(type_, GraphQLInputObjectType):
            for field_name, item in type_.fields.items():
                shape[f"{name}.{field_name}"] = f"{item.type} = {_plain(item.default_value)}"
    return shape


def _plain(default: object) -> object:
    return getattr(default, "value", default)


def test_committed_schema_is_the_one_that_is_built() -> None:
    assert COMMITTED.read_text() == printed(), "run: python -m services.gateway.schema"


def test_every_field_is_what_was_promised() -> None:
    promise = shape_of(promised())
    for path, type_ in shape_of(ours()).items():
        if not path.startswith("__"):
            assert (path, type_) == (path, promise.get(path))


def test_a_field_we_have_takes_every_argument_promised() -> None:
    here = shape_of(ours())
    for path in shape_of(promised()):
        field, is_argument, _ = path.partition("(")
        if is_argument and field in here:
            assert path in here


def test_an_input_we_have_takes_every_field_promised() -> None:
    for type_ in own_types():
        if isinstance(type_, GraphQLInputObjectType):
            promise = promised().type_map[type_.name]
            assert isinstance(promise, GraphQLInputObjectType)
            assert set(type_.fields) == set(promise.fields)


def test_an_enum_has_the_values_promised() -> None:
    for type_ in own_types():
        if isinstance(type_, GraphQLEnumType):
            promise = promised().type_map[type_.name]
            assert isinstance(promise, GraphQLEnumType)
            assert set(type_.values) == set(promise.values)


def test_a_union_has_none_but_the_members_promised() -> None:
    for type_ in own_types():
        if isinstance(type_, GraphQLUnionType):
            promise = promised().type_map[type_.name]
            assert isinstance(promise, GraphQLUnionType)
            assert {member.name for member in type_.types} <= {
                member.name for member in promise.types
            }


def test_an_object_has_the_interfaces_promised() -> None:
    for type_ in own_types():
        if isinstance(type_, GraphQLObjectType):
            promise = promised().type_map[type_.name]
            assert isinstance(promise, GraphQLObjectType)
            names = {interface.name for interface in type_.interfaces}
            assert names == {interface.name for interface in promise.interfaces}


def descriptions() -> Iterator[tuple[str, str | None]]:
    for type_ in own_types():
        yield type_.name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from (
                (f"{type_.name}.{n}", value.description) for n, value in type_.values.items()
            )
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from field_descriptions(type_)


def field_descriptions(
    type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType,
) -> Iterator[tuple[str, str | None]]:
    for name, field in type_.fields.items():
        yield f"{type_.name}.{name}", field.description
        for arg_name, arg in getattr(field, "args", {}).items():
            yield f"{type_.name}.{name}({arg_name})", arg.description


def test_everything_is_described() -> None:
    assert [name for name, text in descriptions() if not text] == []


def test_every_scalar_says_where_it_is_specified() -> None:
    scalars = [type_ for type_ in own_types() if isinstance(type_, GraphQLScalarType)]
    assert [type_.name for type_ in scalars if not type_.specified_by_url] == []


def reachable(names: set[str]) -> set[str]:
    """Object types that fields of these types lead to, directly or not."""
    visited: set[str] = set()
    waiting = list(names)
    while waiting:
        type_ = ours().type_map[waiting.pop()]
        if type_.name in visited:
            continue
        visited.add(type_.name)
        if isinstance(type_, GraphQLObjectType):
            waiting += [get_named_type(field.type).name for field in type_.fields.values()]
        if isinstance(type_, GraphQLUnionType):
            waiting += [member.name for member in type_.types]
    return {name for name in visited if isinstance(ours().type_map[name], GraphQLObjectType)}


def private_types() -> set[str]:
    query = ours().query_type
    assert query
    private_roots = {get_named_type(query.fields[name].type).name for name in PRIVATE_ROOTS}
    public_roots = {
        get_named_type(field.type).name
        for name, field in query.fields.items()
        if name not in PRIVATE_ROOTS
    }
    return reachable(private_roots) - reachable(public_roots) - SHARED_TYPES


@pytest.mark.parametrize("root", ["Query", "Mutation"])
def test_every_root_field_has_a_rule(root: str) -> None:
    type_ = ours().type_map[root]
    assert isinstance(type_, GraphQLObjectType)
    assert [n for n, field in type_.fields.items() if not isinstance(field.resolve, Batched)] == []


def test_every_field_of_a_private_type_lets_in_only_keys() -> None:
    open_fields = []
    for type_name in private_types():
        type_ = ours().type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items():
            rule = field.resolve.access if isinstance(field.resolve, Batched) else None
            if not isinstance(rule, RoleRule):
                open_fields.append(f"{type_name}.{name}")
    assert open_fields == []


def test_patients_and_what_is_theirs_are_private() -> None:
    assert {"Patient", "Enrollment", "Reminder", "Consent", "ContactPoint"} <= private_types()


def test_no_mutation_is_public() -> None:
    mutation = ours().mutation_type
    assert mutation
    rules = [getattr(field.resolve, "access", PUBLIC) for field in mutation.fields.values()]
    assert PUBLIC not in rules


def test_printed_schema_reads_back_as_itself() -> None:
    assert print_schema(build_schema(printed())).strip() == printed().strip()
