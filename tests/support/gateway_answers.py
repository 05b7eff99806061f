"""The gateway's whole schema, asked both ways, and what its answers refuse."""

from functools import cache

from graphql import ExecutionResult, GraphQLSchema

from services.gateway.execution.batched import FieldRefused
from services.gateway.schema.build import build


@cache
def whole_schema() -> GraphQLSchema:
    return build()


def refused_codes(result: ExecutionResult) -> list[str]:
    """The code of each field refused, in the order of the errors."""
    return [
        error.original_error.code
        for error in result.errors or ()
        if isinstance(error.original_error, FieldRefused)
    ]
