"""Whatever is sent, the answer is a GraphQL body and never a 500."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.gateway.asgi import GRAPHQL, JSON, AsgiClient
from tests.support.gateway.example_gateway import ExampleGateway

_CLIENT: list[AsgiClient] = []

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_ANY_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_QUERIES = st.sampled_from(
    [
        "{ plants { name } }",
        "query Q($n: String!) { plant(name: $n) { name } }",
        "query ($f: Int) { plants(first: $f) { name } }",
    ]
)
_REQUESTS = st.fixed_dictionaries(
    {"query": _QUERIES | st.text() | _ANY_JSON},
    optional={
        "variables": _ANY_JSON
        | st.fixed_dictionaries({}, optional={"n": _ANY_JSON, "f": _ANY_JSON}),
        "operationName": _ANY_JSON,
        "extensions": _ANY_JSON,
    },
)


def _client() -> AsgiClient:
    if not _CLIENT:
        _CLIENT.append(ExampleGateway().client())
    return _CLIENT[0]


@settings(max_examples=150, deadline=None)
@given(body=_REQUESTS | _ANY_JSON | st.binary(max_size=60), accept=st.sampled_from([GRAPHQL, JSON]))
def test_answers_any_body_with_a_graphql_body(body: Any, accept: str) -> None:
    reply = _client().post(body, accept=accept)
    assert reply.status in (200, 400)
    assert reply.media_type == accept
    assert set(reply.json) <= {"data", "errors"}
    assert all(error["extensions"]["code"] != "INTERNAL" for error in reply.json.get("errors", []))


@settings(max_examples=100, deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(
            ["accept", "content-type", "content-encoding", "authorization", "x-request-id"]
        ),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30),
    )
)
def test_answers_any_headers_with_a_graphql_body(headers: dict[str, str]) -> None:
    reply = _client().call("POST", "/graphql", [b'{"query": "{ __typename }"}'], headers)
    assert reply.status in (200, 401, 406, 415)
    assert set(reply.json) <= {"data", "errors"}
