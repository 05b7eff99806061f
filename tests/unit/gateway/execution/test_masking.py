import asyncio
import gc
import weakref
from typing import Any

import pytest
from graphql import GraphQLError, parse

from services.chassis.ask import UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.gateway.execution.batched import FieldRefused
from services.gateway.execution.executor import Executor
from services.gateway.execution.masking import format_errors
from services.gateway.execution.variables import Variables, VariablesNotUsable, coerce_variables
from tests.support.gateway.example_schema import SCHEMA, ExampleData


def formatted(original: Exception) -> dict[str, Any]:
    (error,) = format_errors([GraphQLError("what", path=["a", 0], original_error=original)], "r1")
    return error


@pytest.mark.parametrize(
    ("original", "message", "extensions"),
    [
        (RuntimeError("secret"), "Internal server error", {"code": "INTERNAL"}),
        (GraphQLError("got: <secret>"), "Internal server error", {"code": "INTERNAL"}),
        (UpstreamFailed("x: FAILED"), "Internal server error", {"code": "INTERNAL"}),
        (
            UpstreamTimeout("x", 3),
            "A service did not answer in time.",
            {"code": "UPSTREAM_TIMEOUT"},
        ),
        (
            UpstreamUnavailable("x", 2.0),
            "A service is not available now.",
            {"code": "UPSTREAM_UNAVAILABLE", "retryAfter": 2.0},
        ),
        (
            FieldRefused("CLOSED", "The garden is closed.", {"until": "May"}),
            "The garden is closed.",
            {"code": "CLOSED", "until": "May"},
        ),
    ],
)
def test_shows_safe_errors_in_full(
    original: Exception, message: str, extensions: dict[str, Any]
) -> None:
    assert formatted(original) == {
        "message": message,
        "locations": [],
        "path": ["a", 0],
        "extensions": {**extensions, "requestId": "r1"},
    }


def test_shows_twenty_errors_and_how_many_more_there_are() -> None:
    errors = [GraphQLError("x", original_error=FieldRefused("NO", "no")) for _ in range(25)]
    formatted = format_errors(errors, "r1")
    assert len(formatted) == 21
    assert formatted[-1]["message"] == "5 further errors are left out."


def test_explains_an_argument_that_a_variable_made_null() -> None:
    text = 'query ($n: String = "fern") { plant(name: $n) { name } }'
    variables = _coerce(text, {"n": None})
    (error,) = asyncio.run(_failures(text, ExampleData(), variables))
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "must not be null" in error["message"]


def test_a_failed_request_is_let_go_of_at_once() -> None:
    example = ExampleData(faults={"plants": RuntimeError("x"), "laterPlants": RuntimeError("y")})
    gone = weakref.ref(example)
    gc.disable()
    try:
        assert len(asyncio.run(_failures("{ plants { name } laterPlants { name } }", example))) == 2
        del example
        assert gone() is None
    finally:
        gc.enable()


async def _failures(
    text: str, example: ExampleData, variables: Variables | None = None
) -> list[dict[str, Any]]:
    executor = Executor(SCHEMA)
    (operation,) = executor.prepare(parse(text)).values()
    result = await executor.execute(operation, variables or Variables({}, {}), example)
    return format_errors(result.errors or [], "r1")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "Variable '$n' of required type 'String!' was not provided."),
        ({"n": None}, "Variable '$n' of non-null type 'String!' must not be null."),
    ],
)
def test_names_the_variable_that_is_missing(variables: dict[str, Any], message: str) -> None:
    with pytest.raises(VariablesNotUsable) as unusable:
        _coerce("query ($n: String!) { plant(name: $n) { name } }", variables)
    assert [error.message for error in unusable.value.errors] == [message]


def test_uses_the_default_of_a_variable() -> None:
    text = "query ($f: Int = 1, $g: Int) { plants(first: $f) { name } }"
    assert _coerce(text, {"g": 2}).coerced == {"f": 1, "g": 2}


def _coerce(text: str, variables: dict[str, Any]) -> Variables:
    (operation,) = Executor(SCHEMA).prepare(parse(text)).values()
    return coerce_variables(SCHEMA, operation.definition, variables)
