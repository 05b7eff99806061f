"""Whatever is sent, a field answers or refuses; it never breaks."""

import asyncio
from functools import cache
from typing import Any

from graphql import ExecutionResult, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.execution.batched import FieldRefused
from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import coerce_variables
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from tests.support.gateway.fake_calls import STAFF, request_of, shipped_snapshot
from tests.support.gateway.fake_clinic import clinic_of_seven
from tests.support.gateway.whole_schema import whole_schema

QUERY = """
query ($text: String!, $id: ID!, $after: String, $first: Int, $last: Int, $before: String,
       $texts: [String!]!, $ids: [ID!]!) {
  node(id: $id) { id }
  nodes(ids: $ids) { id }
  procedure(slug: $text) { id }
  procedures(first: $first, after: $after, filter: {concern: $text, maxDowntimeDays: $first}) {
    totalCount nodes { id } }
  concern(slug: $text) { procedures(first: $first, after: $after) { totalCount } }
  comparison(procedures: $texts) { guidance rows { cells { text } } }
  patient(id: $id) { id }
  enrollment(reference: $text) { id }
  reminders(first: $first, after: $after, last: $last, before: $before,
            filter: {patientId: $id, plan: $text}) { nodes { id } }
}
"""

SLUGS = st.sampled_from(["microneedling", "dermabrasion", "acne-scars"]) | st.text(max_size=30)
KINDS = st.sampled_from(["Patient", "Procedure", "AftercarePlan", "Clinic", "Reminder", "X"])
IDS = (
    st.builds(ids.encode, KINDS, SLUGS, st.sampled_from(["en", "fr", "EN", "x"]))
    | st.builds(ids.encode, KINDS, st.integers(-2, 2**70))
    | st.text(max_size=30)
)
SIZES = st.none() | st.integers(-3, 110)


@cache
def asked() -> GatewayRequest:
    return request_of(STAFF, clinic_of_seven(), shipped_snapshot())


@cache
def executor() -> Executor:
    return Executor(whole_schema())


def cursors() -> st.SearchStrategy[str | None]:
    ours = asked().cursors.encode("reminders:DUE_ASC", ("2026-12-03T15:01:00+00:00", 1))
    return st.none() | st.just(ours) | st.text(max_size=30)


def answer(variables: dict[str, Any]) -> ExecutionResult:
    (operation,) = executor().prepare(parse(QUERY)).values()
    usable = coerce_variables(whole_schema(), operation.definition, variables)
    return asyncio.run(executor().execute(operation, usable, asked()))


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "text": SLUGS,
            "id": IDS,
            "after": cursors(),
            "first": SIZES,
            "last": SIZES,
            "before": cursors(),
            "texts": st.lists(SLUGS, max_size=8),
            "ids": st.lists(IDS, max_size=55),
        }
    )
)
def test_every_field_answers_or_refuses(variables: dict[str, Any]) -> None:
    for error in answer(variables).errors or ():
        assert isinstance(error.original_error, FieldRefused)
