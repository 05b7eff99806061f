"""The gateway's whole schema, asked both ways, and what its answers refuse."""

from functools import cache
from typing import Any

from graphql import ExecutionResult, GraphQLSchema

from services.gateway.execution.batched import FieldRefused
from services.gateway.identity.viewer import Viewer
from services.gateway.schema.build import build
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.both_ways import answer_both_ways
from tests.support.fake_calls import FakeClient, request_of


@cache
def whole_schema() -> GraphQLSchema:
    return build()


def answer_of(
    client: FakeClient,
    viewer: Viewer,
    text: str,
    variables: dict[str, Any],
    snapshot: Snapshot | None = None,
) -> ExecutionResult:
    """What the whole schema answers, both ways, to a viewer before these services."""
    return answer_both_ways(
        whole_schema(), text, lambda: request_of(viewer, client, snapshot), variables
    )


def data_of(result: ExecutionResult) -> Any:
    """What was answered, nothing having gone wrong."""
    assert result.errors is None
    return result.data


def refused_codes(result: ExecutionResult) -> list[str]:
    """The code of each field refused, in the order of the errors."""
    return [
        error.original_error.code
        for error in result.errors or ()
        if isinstance(error.original_error, FieldRefused)
    ]
