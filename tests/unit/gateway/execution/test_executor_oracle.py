"""Every query here is answered by our executor and by graphql-core, and must come out equal."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.gateway.example_schema import SCHEMA, ExampleData, Light, Plant, Stone
from tests.support.gateway.executor_oracle import Comparable, execute_both, execute_with_oracle

ALL = 'name height mood light isTree tags parts label(prefix: "the ")'


def ask(text: str, make_data: Callable[[], ExampleData] = ExampleData, **variables: Any) -> Any:
    return execute_with_oracle(SCHEMA, text, make_data, variables)


def test_answers_attributes_lists_and_enums() -> None:
    answer = ask("{ plants { " + ALL + " } }")
    assert answer.data["plants"][1]["light"] == "SUN"


@pytest.mark.parametrize(
    "text",
    [
        "{ a: plants(first: 1) { name } b: plants(first: 0) { name } }",
        "{ plants { neighbors { name neighbors(first: 1) { label } } } laterPlants { name } }",
        """{ plants { ...F } laterPlants { ...F ... on Plant { height } } }
        fragment F on Plant { n: name __typename }""",
        "{ things { __typename ... on Plant { name height } ... on Stone { n: name } } }",
        "{ named { name __typename ... on Plant { neighbors { name } } } }",
        "{ plants { name } plants { height name } }",
        '{ plant(name: "nobody") { name } }',
        "{ __typename }",
        'mutation { a: water(name: "fern") { label } weed { name } }',
    ],
)
def test_answers_selections_of_every_shape(text: str) -> None:
    assert ask(text).errors is None


@pytest.mark.parametrize("tall", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_includes_and_skips_by_variables(*, tall: bool, named: bool) -> None:
    text = """query ($tall: Boolean!, $named: Boolean = true) {
      plants @skip(if: false) { height @include(if: $tall) ... @skip(if: $named) { name } mood }
    }"""
    assert ask(text, tall=tall, named=named).errors is None


@pytest.mark.parametrize(
    "fault",
    [
        {"plants": RuntimeError("locked")},
        {"laterPlants": RuntimeError("locked")},
        {"neighbors": RuntimeError("locked")},
        {"label": RuntimeError("locked")},
        {"label.moss": RuntimeError("no label")},
        {"label.moss": None},
        {"label.fern": ["not", "a", "string"]},
        {"neighbors.fern": [Plant(), None]},
        {"neighbors.moss": "no list"},
        {"neighbors.moss": RuntimeError("gone")},
        {"neighbors.moss": [Plant("odd", height=None), Plant("odder", light="no light")]},
        {"things.fern": RuntimeError("gone"), "things.flint": object()},
        {"things.moss": Stone(name=None)},
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "{ plants { name label neighbors { name height light } } }",
        "{ laterPlants { label } plants { neighbors { label neighbors { height } } } }",
        "{ requiredPlants { name label neighbors { name } } plants { name } }",
        "{ things { ... on Plant { label neighbors { name } } ... on Stone { name } } }",
        'mutation { weed { label } water(name: "fern") { label neighbors { height } } }',
    ],
)
def test_fails_where_and_as_graphql_core_does(text: str, fault: dict[str, Any]) -> None:
    ours, core = execute_both(SCHEMA, text, lambda: ExampleData(faults=fault))

    assert Comparable.of(ours) == Comparable.of(core)
    assert all(error.path for error in ours.errors or ())


@pytest.mark.parametrize(
    "plants",
    [
        None,
        [None],
        [Plant(name=None)],
        [Plant(height="tall")],
        [Plant(height=2**31), Plant(mood=float("nan"))],
        [Plant(mood=1), Plant(is_tree=1), Plant(name=7), Plant(name=True)],
        [Plant(light="SUN"), Plant(light="no light"), Plant(light=Light.SUN), Plant(light=3)],
        [Plant(tags=None), Plant(tags=["a", None]), Plant(tags="abc"), Plant(tags=5)],
        [Plant(parts=None)],
        [Plant(parts=[[1, 2], None, [3, None]]), Plant(parts=((), (1,)))],
        [Plant(tags=[RuntimeError("bad tag")]), Plant(tags=(x for x in "ab"))],
        [{"name": "a dict", "height": 1, "parts": []}, Plant()],
        [{"name": "items", "items": 1}],
        [Stone(), Plant()],
    ],
)
@pytest.mark.parametrize(
    "text",
    ["{ laterPlants { " + ALL + " } }", "{ a: laterPlants { tags } laterPlants { parts } }"],
)
def test_completes_values_as_graphql_core_does(plants: Any, text: str) -> None:
    def make_data() -> ExampleData:
        return ExampleData(plants=plants and [_copied(plant) for plant in plants])

    ours, core = execute_both(SCHEMA, text, make_data)

    assert Comparable.of(ours) == Comparable.of(core)


def _copied(plant: Any) -> Any:
    """Generators can be read once only."""
    if isinstance(plant, Plant) and hasattr(plant.tags, "__next__"):
        return Plant(tags=(x for x in "ab"))
    return plant
