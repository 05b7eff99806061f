import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import graphene
from graphql import ExecutionResult, GraphQLSchema, parse

from services.gateway.execution.batched import Batched, anyone
from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import Variables
from tests.support.gateway.example_schema import SCHEMA, ExampleData, Plant
from tests.support.gateway.executor_oracle import execute_with_oracle


def answer(text: str, request: Any, schema: GraphQLSchema = SCHEMA) -> ExecutionResult:
    executor = Executor(schema)
    (operation,) = executor.prepare(parse(text)).values()
    return asyncio.run(executor.execute(operation, Variables({}, {}), request))


def test_resolves_a_field_once_for_all_parents_of_its_level() -> None:
    example = ExampleData(plants=[Plant("a"), Plant("b"), Plant("c")])
    answer("{ plants { neighbors { neighbors { label } } } }", example)
    assert example.calls == [("plants", 1), ("neighbors", 3), ("neighbors", 9), ("label", 27)]


def test_asks_no_resolver_below_an_empty_list() -> None:
    example = ExampleData(plants=[])
    answer("{ plants { neighbors { label } } }", example)
    assert example.calls == [("plants", 1)]


def test_refuses_a_guarded_field_without_calling_its_resolver() -> None:
    example = ExampleData(is_open=False)
    result = answer("{ guardedPlants { name } plants { name } }", example)
    assert [error.extensions for error in result.errors or ()] == [{"code": "CLOSED"}]
    assert example.calls == [("plants", 1)]


def test_a_resolver_that_forgets_a_parent_fails_its_field() -> None:
    def none(_parents: Sequence[Any], _args: Mapping[str, Any], _request: Any) -> list[Any]:
        return []

    schema = _schema(a=Batched(none, anyone))
    result = answer("{ a }", None, schema)
    assert (result.data, len(result.errors or ())) == ({"a": None}, 1)


def test_sibling_root_fields_wait_together() -> None:
    barrier = asyncio.Barrier(2)

    async def meet(_parents: Sequence[Any], _args: Mapping[str, Any], _request: Any) -> list[Any]:
        async with asyncio.timeout(5):
            await barrier.wait()
        return ["paired"]

    schema = _schema(a=Batched(meet, anyone), b=Batched(meet, anyone))
    assert answer("{ a b }", None, schema).data == {"a": "paired", "b": "paired"}


def test_a_mutation_begins_after_the_one_before_is_done() -> None:
    events: list[str] = []

    async def tell(_parents: Sequence[Any], args: Mapping[str, Any], _request: Any) -> list[Any]:
        events.append(f"begin {args['name']}")
        await asyncio.sleep(0)
        events.append(f"end {args['name']}")
        return [args["name"]]

    field = graphene.String(name=graphene.String(), resolver=Batched(tell, anyone))
    query = type("Query", (graphene.ObjectType,), {"ok": graphene.String()})
    mutation = type("Mutation", (graphene.ObjectType,), {"tell": field})
    schema = graphene.Schema(query=query, mutation=mutation).graphql_schema
    answer('mutation { a: tell(name: "a") b: tell(name: "b") }', None, schema)
    assert events == ["begin a", "end a", "begin b", "end b"]


def test_a_mutation_stops_when_its_answer_is_lost() -> None:
    example = ExampleData(faults={"laterPlants": RuntimeError("locked")})
    result = answer('mutation { weed { name } water(name: "fern") { name } }', example)
    assert result.data is None
    assert example.calls == [("laterPlants", 1)]


def test_an_operation_used_again_selects_by_the_variables_of_each_time() -> None:
    text = "query ($tall: Boolean!) { plants(first: 1) { name height @include(if: $tall) } }"
    executor = Executor(SCHEMA)
    (operation,) = executor.prepare(parse(text)).values()

    def keys(*, tall: bool) -> list[str]:
        variables = Variables({}, {"tall": tall})
        result = asyncio.run(executor.execute(operation, variables, ExampleData()))
        assert result.data is not None
        return list(result.data["plants"][0])

    assert [keys(tall=False), keys(tall=True), keys(tall=False)] == [
        ["name"],
        ["name", "height"],
        ["name"],
    ]


def test_reads_a_dicts_keys_and_not_its_methods() -> None:
    def box(parents: Sequence[Any], _args: Mapping[str, Any], _request: Any) -> list[Any]:
        return [{"keys": "three", "values": "few"} for _ in parents]

    fields = {"keys": graphene.String(), "values": graphene.String()}
    kind = type("Box", (graphene.ObjectType,), fields)
    schema = _schema(kind, box=Batched(box, anyone))
    result = execute_with_oracle(schema, "{ box { keys values } }")
    assert result.data == {"box": {"keys": "three", "values": "few"}}


def test_leaves_introspection_to_graphql_core() -> None:
    result = answer('{ __type(name: "Plant") { name } plants { label } }', ExampleData())
    assert result.data is not None
    assert result.data["__type"] == {"name": "Plant"}
    assert result.data["plants"][0]["label"] == "a fern"


def _schema(kind: Any = graphene.String, **resolvers: Batched) -> GraphQLSchema:
    fields = {name: graphene.Field(kind, resolver=resolver) for name, resolver in resolvers.items()}
    query = type("Query", (graphene.ObjectType,), fields)
    schema: GraphQLSchema = graphene.Schema(query=query).graphql_schema
    return schema
