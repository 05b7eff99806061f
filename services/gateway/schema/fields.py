"""Short ways to define types and fields with Batched resolvers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import isawaitable
from operator import attrgetter
from typing import Any

import graphene

from services.gateway.execution.batched import Batched, Rule
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import PUBLIC


class ObjectType(graphene.ObjectType):
    """An object type; the options of a type are keywords of its class line.

    Fields without a resolver read the attribute of their name, of the value itself or of what it
    holds as `source`. `access` is their rule.
    """

    class Meta:  # noqa: D106 - graphene's way to say so
        abstract = True

    def __init_subclass__(
        cls,
        access: Rule = PUBLIC,
        source: str = "",
        **options: Any,  # noqa: ANN401 - graphene ships no types
    ) -> None:
        if source or access is not PUBLIC:
            path = f"{source}." if source else ""
            for name, definition in vars(cls).items():
                if isinstance(definition, graphene.Field) and definition.resolver is None:
                    definition.resolver = attribute(path + name, access)
        super().__init_subclass__(**options)


class Interface(graphene.Interface):
    class Meta:  # noqa: D106 - graphene's way to say so
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - graphene ships no types
        super().__init_subclass__(**options)


GrapheneType = Any  # ships no types
Args = Mapping[str, Any]


def list_of(of: GrapheneType) -> GrapheneType:
    """Return a non-null list of non-null items."""
    return graphene.NonNull(graphene.List(graphene.NonNull(of)))


def required(of: GrapheneType) -> GrapheneType:
    return graphene.NonNull(of)


def attribute(path: str, access: Rule = PUBLIC) -> Batched:
    """Read a dotted attribute of each parent."""
    get = attrgetter(path)

    def resolve(parents: Sequence[Any], _args: Args, _request: object) -> list[Any]:
        return list(map(get, parents))

    return Batched(resolve, access)


def mapped(get: Callable[[Any], Any], access: Rule = PUBLIC) -> Batched:
    """Compute a value from each parent."""

    def resolve(parents: Sequence[Any], _args: Args, _request: object) -> list[Any]:
        return list(map(get, parents))

    return Batched(resolve, access)


def mapped_with_args(
    get: Callable[[Any, Mapping[str, Any]], Any], access: Rule = PUBLIC
) -> Batched:
    """Compute a value from each parent and the arguments."""

    def resolve(parents: Sequence[Any], args: Args, _request: GatewayRequest) -> list[Any]:
        return [get(parent, args) for parent in parents]

    return Batched(resolve, access)


def at_root(
    get: Callable[[Args, GatewayRequest], Any], access: Rule = PUBLIC, *, post_only: bool = False
) -> Batched:
    """Compute the value of a field of the query or of a mutation; `get` may be asynchronous."""

    def resolve(
        _roots: Sequence[object], args: Args, request: GatewayRequest
    ) -> list[Any] | Awaitable[list[Any]]:
        value = get(args, request)
        return _in_list(value) if isawaitable(value) else [value]

    return Batched(resolve, access, post_only)


async def _in_list(value: Awaitable[Any]) -> list[Any]:
    return [await value]


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


def graphene_type(
    name: str, description: str, access: Rule, **fields: GrapheneType
) -> GrapheneType:
    """Define an object type of these fields; those without a resolver have this access rule."""
    return type(name, (ObjectType,), {"__doc__": description, **fields}, access=access)


class Node(graphene.Interface):
    """An object that can be fetched by its id."""

    id = field(required(graphene.ID), "Opaque; unique across the whole service.")


def id_field(kind: str, access: Rule) -> GrapheneType:
    """Define the id of a type of records that have a number."""
    return field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda record: ids.encode(kind, record.id), access),
    )
