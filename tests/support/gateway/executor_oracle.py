"""Executes a query by our executor and by graphql-core, and asserts that the results are equal."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any, NamedTuple, Self

from graphql import ExecutionResult, GraphQLSchema, execute_sync, parse, validate

from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import coerce_variables


class Comparable(NamedTuple):
    """What two executions must agree on. `keys` is in order: equal dicts may differ in it."""

    data: Any
    keys: list[Any]
    errors: list[tuple[str, Any, Any]]

    @classmethod
    def of(cls, result: ExecutionResult) -> Self:
        errors = [(error.message, error.path, error.locations) for error in result.errors or ()]
        return cls(result.data, list(_keys(result.data)), errors)


def execute_both(
    schema: GraphQLSchema,
    text: str,
    request: Callable[[], Any] | Any = None,
    variables: Mapping[str, Any] | None = None,
) -> tuple[ExecutionResult, ExecutionResult]:
    """Return our result and graphql-core's.

    A callable `request` makes a new request for each execution.
    """
    make_request = request if callable(request) else lambda: request
    document = parse(text)
    assert validate(schema, document) == []
    ours = asyncio.run(_ours(schema, text, make_request(), variables or {}))
    with _separate_loop() as finish:
        core = execute_sync(
            schema,
            document,
            context_value=make_request(),
            variable_values=dict(variables or {}),
            middleware=[lambda resolve, *args, **kwargs: finish(resolve(*args, **kwargs))],
        )
    return ours, core


def execute_with_oracle(
    schema: GraphQLSchema,
    text: str,
    request: Callable[[], Any] | Any = None,
    variables: Mapping[str, Any] | None = None,
) -> ExecutionResult:
    """Return our result after asserting that graphql-core's is the same, errors included."""
    ours, core = execute_both(schema, text, request, variables)
    assert Comparable.of(ours) == Comparable.of(core)
    return ours


async def _ours(
    schema: GraphQLSchema, text: str, request: Any, variables: Mapping[str, Any]
) -> ExecutionResult:
    executor = Executor(schema)
    (operation,) = executor.prepare(parse(text)).values()
    assert operation.is_plannable, "graphql-core would execute this, so nothing would be compared"
    usable = coerce_variables(schema, operation.definition, variables)
    return await executor.execute(operation, usable, request)


@contextmanager
def _separate_loop() -> Iterator[Callable[[Any], Any]]:
    """Lets graphql-core await each value where it meets it, so that its order is deterministic."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def await_value(value: Awaitable[Any]) -> Any:
        return await value

    def finish(value: Any) -> Any:
        if not isawaitable(value):
            return value
        return asyncio.run_coroutine_threadsafe(await_value(value), loop).result(10)

    try:
        yield finish
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _keys(value: Any) -> Iterator[Any]:
    """Yield every key in order, because equal dicts may differ in their order."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
