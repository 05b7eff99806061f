"""Executes a query breadth-first and by graphql-core, and insists that both answer the same."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute_sync, parse, validate

from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import coerce_variables


def answer_both_ways(
    schema: GraphQLSchema,
    text: str,
    request: Callable[[], Any] | Any = None,
    variables: Mapping[str, Any] | None = None,
) -> ExecutionResult:
    """Answer the query after checking that graphql-core says the same, errors and all.

    A callable `request` makes a fresh request for each of the two.
    """
    fresh = request if callable(request) else lambda: request
    document = parse(text)
    assert validate(schema, document) == []
    ours = asyncio.run(_ours(schema, text, fresh(), variables or {}))
    with _loop_of_its_own() as finish:
        core = execute_sync(
            schema,
            document,
            context_value=fresh(),
            variable_values=dict(variables or {}),
            middleware=[lambda resolve, *args, **kwargs: finish(resolve(*args, **kwargs))],
        )
    assert ours.data == core.data
    assert list(_keys(ours.data)) == list(_keys(core.data))
    assert _told(ours.errors) == _told(core.errors)
    return ours


async def _ours(
    schema: GraphQLSchema, text: str, request: Any, variables: Mapping[str, Any]
) -> ExecutionResult:
    executor = Executor(schema)
    (operation,) = executor.prepare(parse(text)).values()
    assert operation.is_plannable, "graphql-core would answer this; nothing would be compared"
    usable = coerce_variables(schema, operation.definition, variables)
    return await executor.execute(operation, usable, request)


@contextmanager
def _loop_of_its_own() -> Iterator[Callable[[Any], Any]]:
    """Lets graphql-core finish awaitables where it meets them, so that its order is certain."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def settled(value: Awaitable[Any]) -> Any:
        return await value

    def finish(value: Any) -> Any:
        if not isawaitable(value):
            return value
        return asyncio.run_coroutine_threadsafe(settled(value), loop).result(10)

    try:
        yield finish
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _told(errors: list[GraphQLError] | None) -> list[tuple[str, Any, Any]]:
    return [(error.message, error.path, error.locations) for error in errors or ()]


def _keys(value: Any) -> Iterator[Any]:
    """Every key in its order: equal dicts may differ in it, responses may not."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
