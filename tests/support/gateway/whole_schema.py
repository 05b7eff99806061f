"""Executes queries on the gateway's whole schema, checked against graphql-core."""

from functools import cache
from typing import Any

from graphql import ExecutionResult, GraphQLSchema

from services.gateway.execution.batched import FieldRefused
from services.gateway.identity.viewer import Viewer
from services.gateway.schema.build import build
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import FakeClient, request_of


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
    """Return the result of the query for a viewer, with these services behind the schema."""
    return execute_with_oracle(
        whole_schema(), text, lambda: request_of(viewer, client, snapshot), variables
    )


def data_of(result: ExecutionResult) -> Any:
    """Return the data of a result without errors."""
    assert result.errors is None
    return result.data


def refused_codes(result: ExecutionResult) -> list[str]:
    """Return the codes of the refused fields, in the order of the errors."""
    return [
        error.original_error.code
        for error in result.errors or ()
        if isinstance(error.original_error, FieldRefused)
    ]
