"""Selections and faults that nobody thought of: both executors must still agree."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.gateway.example_schema import SCHEMA, ExampleData, Plant, Stone
from tests.support.gateway.executor_oracle import Comparable, execute_both

_FAULTS = ["plants", "laterPlants", "neighbors", "label", "things", "plant"]
_VALUES = st.sampled_from([None, "text", 7, [], [None], object(), RuntimeError("wrong"), Stone()])
_LEAVES = st.sampled_from(
    ["name", "height", "mood", "light", "isTree", "tags", "parts", "label", "__typename"]
)


def _fields(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    nested = st.builds(lambda body: f"neighbors {{ {body} }}", inner)
    fragment = st.builds(lambda body: f"... on Plant @include(if: $yes) {{ {body} }}", inner)
    skipped = st.builds(lambda leaf: f"x{leaf.strip('_')}: {leaf} @skip(if: $yes)", _LEAVES)
    choice = st.one_of(_LEAVES, nested, fragment, skipped)
    return st.lists(choice, min_size=1, max_size=4).map(" ".join)


_PLANT_BODIES = st.recursive(st.just("name"), _fields, max_leaves=5)


def _root(number: int) -> st.SearchStrategy[str]:
    plain = st.sampled_from(["plants", "laterPlants", "requiredPlants", 'plant(name: "moss")'])
    mixed = st.sampled_from(["things", "named"])
    return st.one_of(
        st.builds(lambda field, body: f"r{number}: {field} {{ {body} }}", plain, _PLANT_BODIES),
        st.builds(
            lambda field, body: f"r{number}: {field} {{ __typename ... on Plant {{ {body} }} }}",
            mixed,
            _PLANT_BODIES,
        ),
    )


_QUERIES = st.integers(1, 3).flatmap(
    lambda count: st.tuples(*map(_root, range(count))).map(
        lambda roots: (
            f"query ($yes: Boolean!) {{ a: __typename @skip(if: $yes) {' '.join(roots)} }}"
        )
    )
)
_PLANTS = st.builds(
    Plant,
    name=st.sampled_from(["fern", "moss", None]),
    height=st.sampled_from([1, None, "tall"]),
    mood=st.sampled_from([0.5, None, "bad"]),
    tags=st.sampled_from([None, ["a"], ["a", None]]),
    parts=st.sampled_from([[], [[1]], [[None]], None]),
)
_FAULT_NAMES = st.sampled_from(
    _FAULTS + [f"{name}.{plant}" for name in _FAULTS for plant in ("fern", "moss", "flint")]
)


@settings(max_examples=150, deadline=None)
@given(
    text=_QUERIES,
    yes=st.booleans(),
    plants=st.lists(_PLANTS | st.none(), max_size=4),
    faults=st.dictionaries(_FAULT_NAMES, _VALUES, max_size=3),
)
def test_agrees_with_graphql_core_on_any_selection(
    text: str, *, yes: bool, plants: list[Any], faults: dict[str, Any]
) -> None:
    def make_data() -> ExampleData:
        return ExampleData(plants=plants, faults=faults)

    ours, core = execute_both(SCHEMA, text, make_data, {"yes": yes})

    assert Comparable.of(ours) == Comparable.of(core)
