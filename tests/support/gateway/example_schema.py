"""An example schema with every kind of field; its request says which fields fail."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import graphene

from services.gateway.execution.batched import Batched, FieldRefused, anyone


class Light(StrEnum):
    SUN = "SUN"
    SHADE = "SHADE"


@dataclass
class Plant:
    name: Any = "fern"
    height: Any = 3
    light: Any = Light.SHADE
    tags: Any = ("green", "old")
    parts: Any = ()
    is_tree: Any = False
    mood: Any = 0.5


@dataclass
class Stone:
    name: Any = "flint"


@dataclass
class ExampleData:
    """The data behind the schema. `calls` records resolver calls; `faults` makes fields fail."""

    plants: Any = field(default_factory=lambda: [Plant("fern"), Plant("moss", 1, Light.SUN)])
    faults: Mapping[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)
    is_open: bool = True

    def note(self, name: str, parents: Sequence[Any]) -> None:
        self.calls.append((name, len(parents)))
        fault = self.faults.get(name)
        if isinstance(fault, Exception):
            raise fault

    def value(self, name: str, parent: Any, value: Any) -> Any:
        """Return the fault for this field of this parent, otherwise the value."""
        return self.faults.get(f"{name}.{getattr(parent, 'name', parent)}", value)


def is_open(request: ExampleData) -> FieldRefused | None:
    return None if request.is_open else FieldRefused("CLOSED", "The garden is closed.")


def read_diary(
    _parents: Sequence[Any], _args: Mapping[str, Any], _request: ExampleData
) -> list[str]:
    return ["rain"]


def find_plants(parents: Sequence[Any], args: Mapping[str, Any], request: ExampleData) -> list[Any]:
    request.note("plants", parents)
    return [request.plants[: args["first"]] for _ in parents]


async def find_later_plants(
    parents: Sequence[Any], _args: Mapping[str, Any], request: ExampleData
) -> Any:
    await asyncio.sleep(0)
    request.note("laterPlants", parents)
    return [request.plants for _ in parents]


async def find_neighbors(
    parents: Sequence[Any], args: Mapping[str, Any], request: ExampleData
) -> Any:
    await asyncio.sleep(0)
    request.note("neighbors", parents)
    neighbors = request.plants[: args.get("first", 9)]
    return [request.value("neighbors", parent, neighbors) for parent in parents]


def find_label(parents: Sequence[Any], args: Mapping[str, Any], request: ExampleData) -> list[Any]:
    request.note("label", parents)
    prefix = args.get("prefix", "a ")
    return [
        request.value("label", parent, f"{prefix}{getattr(parent, 'name', 'thing')}")
        for parent in parents
    ]


def find_things(
    parents: Sequence[Any], _args: Mapping[str, Any], request: ExampleData
) -> list[Any]:
    request.note("things", parents)
    mixed = [Stone(), *request.plants]
    return [[request.value("things", thing, thing) for thing in mixed] for _ in parents]


def find_plant(parents: Sequence[Any], args: Mapping[str, Any], request: ExampleData) -> list[Any]:
    request.note("plant", parents)
    matches = (plant for plant in request.plants if getattr(plant, "name", None) == args["name"])
    match = next(matches, None)
    return [match for _ in parents]


class Named(graphene.Interface):  # type: ignore[misc]  # graphene has no types
    name = graphene.String(required=True)

    @classmethod
    def resolve_type(cls, instance: Any, _info: Any) -> Any:
        return {"Plant": PlantType, "Stone": StoneType}.get(type(instance).__name__)


class StoneType(graphene.ObjectType):  # type: ignore[misc]  # graphene has no types
    class Meta:
        name = "Stone"
        interfaces = (Named,)


class PlantType(graphene.ObjectType):  # type: ignore[misc]  # graphene has no types
    class Meta:
        name = "Plant"
        interfaces = (Named,)

    height = graphene.Int(required=True)
    mood = graphene.Float()
    light = graphene.Field(graphene.Enum.from_enum(Light))
    is_tree = graphene.Boolean()
    tags = graphene.List(graphene.NonNull(graphene.String))
    parts = graphene.List(graphene.List(graphene.NonNull(graphene.Int)), required=True)
    label = graphene.Field(
        graphene.String,
        prefix=graphene.String(),
        required=True,
        resolver=Batched(find_label, anyone),
    )
    neighbors = graphene.Field(
        graphene.List(graphene.NonNull(lambda: PlantType)),
        first=graphene.Int(),
        resolver=Batched(find_neighbors, anyone),
    )


class Thing(graphene.Union):  # type: ignore[misc]  # graphene has no types
    class Meta:
        types = (PlantType, StoneType)

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> Any:
        return Named.resolve_type(instance, info)


_PLANTS = graphene.List(PlantType)


class Query(graphene.ObjectType):  # type: ignore[misc]  # graphene has no types
    plants = graphene.Field(
        _PLANTS, first=graphene.Int(default_value=9), resolver=Batched(find_plants, anyone)
    )
    later_plants = graphene.Field(_PLANTS, resolver=Batched(find_later_plants, anyone))
    required_plants = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(PlantType))),
        first=graphene.Int(default_value=9),
        resolver=Batched(find_plants, anyone),
    )
    guarded_plants = graphene.Field(_PLANTS, resolver=Batched(find_later_plants, is_open))
    things = graphene.List(Thing, resolver=Batched(find_things, anyone))
    named = graphene.List(Named, resolver=Batched(find_things, anyone))
    plant = graphene.Field(
        PlantType, name=graphene.String(required=True), resolver=Batched(find_plant, anyone)
    )
    diary = graphene.String(resolver=Batched(read_diary, anyone, post_only=True))


class Mutation(graphene.ObjectType):  # type: ignore[misc]  # graphene has no types
    water = graphene.Field(
        PlantType, name=graphene.String(required=True), resolver=Batched(find_plant, anyone)
    )
    weed = graphene.Field(
        graphene.NonNull(graphene.List(PlantType)), resolver=Batched(find_later_plants, anyone)
    )


class Subscription(graphene.ObjectType):  # type: ignore[misc]  # graphene has no types
    grown = graphene.String()


SCHEMA = graphene.Schema(query=Query, mutation=Mutation, subscription=Subscription).graphql_schema
