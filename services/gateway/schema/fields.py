"""Short ways to define fields with Batched resolvers."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import graphene

from services.gateway.execution.batched import Batched, Rule
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC

GrapheneType = Any  # ships no types


def list_of(of: GrapheneType) -> GrapheneType:
    """Return a non-null list of non-null items."""
    return graphene.NonNull(graphene.List(graphene.NonNull(of)))


def required(of: GrapheneType) -> GrapheneType:
    return graphene.NonNull(of)


def attribute(path: str, access: Rule = PUBLIC) -> Batched:
    """Read a dotted attribute of each parent."""
    get = attrgetter(path)

    def resolve(parents: Sequence[Any], _args: Mapping[str, Any], _request: object) -> list[Any]:
        return list(map(get, parents))

    return Batched(resolve, access)


def mapped(get: Callable[[Any], Any], access: Rule = PUBLIC) -> Batched:
    """Compute a value from each parent."""

    def resolve(parents: Sequence[Any], _args: Mapping[str, Any], _request: object) -> list[Any]:
        return list(map(get, parents))

    return Batched(resolve, access)


def mapped_with_args(
    get: Callable[[Any, Mapping[str, Any]], Any], access: Rule = PUBLIC
) -> Batched:
    """Compute a value from each parent and the arguments."""

    def resolve(
        parents: Sequence[Any], args: Mapping[str, Any], _request: GatewayRequest
    ) -> list[Any]:
        return [get(parent, args) for parent in parents]

    return Batched(resolve, access)


def field(
    type_: GrapheneType,
    description: str,
    resolver: Batched | None = None,
    **args: GrapheneType,
) -> GrapheneType:
    """Define a field; without a resolver it reads the parent's attribute of its name."""
    return graphene.Field(type_, description=description, resolver=resolver, **args)


def argument(type_: GrapheneType, description: str, **more: GrapheneType) -> GrapheneType:
    return graphene.Argument(type_, description=description, **more)


def input_field(type_: GrapheneType, description: str, **more: GrapheneType) -> GrapheneType:
    return graphene.InputField(type_, description=description, **more)


def graphene_type(name: str, description: str, **fields: GrapheneType) -> GrapheneType:
    """Define an object type of these fields."""
    return type(name, (graphene.ObjectType,), {"__doc__": description, **fields})
