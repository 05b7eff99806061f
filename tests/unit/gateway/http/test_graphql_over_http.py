import json
from typing import Any

import pytest

from services.gateway.http.bodies import MAX_BYTES
from services.gateway.identity.keys import Holder, KeysNotReadable
from tests.support.gateway.asgi import GRAPHQL, JSON, AsgiClient
from tests.support.gateway.example_gateway import KEY, VIEWER, ExampleGateway
from tests.support.gateway.example_schema import ExampleData

PLANTS = {"query": "{ plants { name } }"}


@pytest.fixture(scope="module")
def client() -> AsgiClient:
    return ExampleGateway().client()


def test_answers_a_query(client: AsgiClient) -> None:
    reply = client.post(PLANTS)
    assert (reply.status, reply.media_type) == (200, GRAPHQL)
    assert reply.json == {"data": {"plants": [{"name": "fern"}, {"name": "moss"}]}}
    assert reply.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL},{JSON};q=0.9", GRAPHQL),
        (f"{JSON};q=0, {GRAPHQL}", GRAPHQL),
        (f"{JSON};q=0.5, {GRAPHQL};q=0.9", GRAPHQL),
        (f"text/html, {JSON};charset=utf-8", JSON),
    ],
)
def test_answers_in_the_media_type_preferred(
    client: AsgiClient, accept: str | None, media_type: str
) -> None:
    assert client.post(PLANTS, accept=accept).media_type == media_type


@pytest.mark.parametrize("accept", ["text/html", ";;;", "image/*, text/plain", f"{JSON};q=0"])
def test_refuses_media_types_that_it_cannot_write(client: AsgiClient, accept: str) -> None:
    reply = client.post(PLANTS, accept=accept)
    assert (reply.status, reply.codes, reply.media_type) == (406, ["NOT_ACCEPTABLE"], JSON)


@pytest.mark.parametrize(
    "body",
    [
        b'{ "not a JSON',
        b"",
        b"\xef\xbb\xbf{}",
        '{"query": "{plants{name}}"}'.encode("utf-16"),
        b'{"query": "\xff"}',
        b'{"query": "\\ud800"}',
        b'{"query": "{a}", "variables": {"\\udc00": 1}}',
        b'{"query": NaN}',
        b'{"query": Infinity}',
        b'{"query": ' + b"1" * 5000 + b"}",
        b"[" * 100_000,
    ],
)
def test_says_that_a_body_is_no_json(client: AsgiClient, body: bytes) -> None:
    reply = client.post(body)
    assert (reply.status, reply.codes) == (400, ["BAD_JSON"])


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b'"x"',
        b"7",
        b"{}",
        b'{"qeury": "{ plants { name } }"}',
        b'{"query": null}',
        b'{"query": {}}',
        b'{"query": 0}',
        b'{"query": false}',
        b'{"query": []}',
        b'{"query": "{a}", "query": "{b}"}',
        b'{"query": "{a}", "variables": "{}"}',
        b'{"query": "{a}", "variables": 0}',
        b'{"query": "{a}", "variables": []}',
        b'{"query": "{a}", "extensions": true}',
        b'{"query": "{a}", "operationName": {}}',
        b'{"query": "{a}", "operationName": 1}',
        b'{"query": "{a}", "variables": {"x": ' + b"[" * 33 + b"]" * 33 + b"}}",
    ],
)
def test_says_that_a_request_has_the_wrong_shape(client: AsgiClient, body: bytes) -> None:
    reply = client.post(body)
    assert (reply.status, reply.codes) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("count", [1, 10])
def test_refuses_batches(client: AsgiClient, count: int) -> None:
    assert client.post([PLANTS] * count).codes == ["BATCHING_DISABLED"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/graphql",
        "application/json; charset=utf-16",
    ],
)
def test_reads_nothing_but_json(client: AsgiClient, content_type: str | None) -> None:
    reply = client.post(PLANTS, content_type=content_type)
    assert (reply.status, reply.codes) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


def test_never_inflates_a_body(client: AsgiClient) -> None:
    assert client.post(PLANTS, content_encoding="gzip").status == 415


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; charset="UTF-8"'])
def test_reads_json_with_its_charset_named(client: AsgiClient, charset: str) -> None:
    assert client.post(PLANTS, content_type=JSON + charset).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_names_the_methods_it_knows(client: AsgiClient, method: str) -> None:
    reply = client.call(method, "/graphql", [], {})
    assert (reply.status, reply.codes) == (405, ["METHOD_NOT_ALLOWED"])
    assert reply.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_answers_options_without_inviting_other_sites(client: AsgiClient) -> None:
    reply = client.call("OPTIONS", "/graphql", [], {"origin": "https://elsewhere.example"})
    assert reply.status == 204
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_answers_a_query_in_the_query_string(client: AsgiClient) -> None:
    query = "query ($n: String!) { plant(name: $n) { name } }"
    reply = client.get(query=query, variables='{"n": "moss"}', operationName="")
    assert reply.json == {"data": {"plant": {"name": "moss"}}}


def test_a_head_request_gets_the_headers_alone(client: AsgiClient) -> None:
    reply = client.call("HEAD", "/graphql?query={__typename}", [], {})
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "31")


@pytest.mark.parametrize(
    "query_string",
    ["query={a}&query={b}", "query={a}&variables=nonsense", "variables={}", "query=%ff", ""],
)
def test_refuses_a_query_string_it_cannot_read(client: AsgiClient, query_string: str) -> None:
    assert client.call("GET", f"/graphql?{query_string}", [], {}).status == 400


def test_changes_nothing_by_get() -> None:
    example = ExampleData()
    client = ExampleGateway(lambda: example).client()
    reply = client.get(query='mutation { water(name: "fern") { name } }')
    assert (reply.status, reply.codes, reply.headers["allow"]) == (
        405,
        ["METHOD_NOT_ALLOWED"],
        "POST",
    )
    assert example.calls == []


def test_says_that_subscriptions_are_not_answered(client: AsgiClient) -> None:
    reply = client.post({"query": "subscription { grown }"})
    assert (reply.status, reply.codes) == (400, ["SUBSCRIPTION_NOT_OFFERED"])
    assert client.get(query="subscription { grown }").status == 405


def test_ignores_members_it_does_not_know(client: AsgiClient) -> None:
    assert client.post({**PLANTS, "foo": 1, "extensions": {"x": 1}}).status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "  "}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ a\u0000 }"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ plant }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "fragment F on Plant { name }"}, "GRAPHQL_VALIDATION_FAILED"),
        (
            {"query": "query A { __typename } query B { __typename }"},
            "OPERATION_RESOLUTION_FAILURE",
        ),
        ({**PLANTS, "operationName": "Nobody"}, "OPERATION_RESOLUTION_FAILURE"),
        ({**PLANTS, "operationName": ""}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query ($n: String!) { plant(name: $n) { name } }"}, "BAD_USER_INPUT"),
    ],
)
def test_says_request_errors_with_400_or_to_plain_json_with_200(
    client: AsgiClient, body: Any, code: str
) -> None:
    for accept, status in ((GRAPHQL, 400), (JSON, 200)):
        reply = client.post(body, accept=accept)
        assert (reply.status, reply.codes[0]) == (status, code)
        assert "data" not in reply.json


def test_does_not_repeat_a_variable_it_refuses(client: AsgiClient) -> None:
    query = "query ($n: String!) { plant(name: $n) { name } }"
    reply = client.post({"query": query, "variables": {"n": {"phone": "secret"}}})
    assert reply.codes == ["BAD_USER_INPUT"]
    assert "$n" in reply.json["errors"][0]["message"]


def test_picks_the_operation_named(client: AsgiClient) -> None:
    query = "query A { plants(first: 0) { name } } query B { b: __typename }"
    assert client.post({"query": query, "operationName": "B"}).json == {"data": {"b": "Query"}}


def test_refuses_a_body_that_is_too_large(client: AsgiClient) -> None:
    reply = client.post(b" " * (MAX_BYTES + 1))
    assert (reply.status, reply.codes) == (413, ["PAYLOAD_TOO_LARGE"])


def test_every_error_carries_the_requests_id(client: AsgiClient) -> None:
    reply = client.post(b"{", x_request_id="given-by-a-proxy-1")
    assert reply.json["errors"][0]["extensions"]["requestId"] == "given-by-a-proxy-1"
    assert reply.headers["x-request-id"] == "given-by-a-proxy-1"


@pytest.mark.parametrize("request_id", ["a b", "x" * 65, 'x"><script>', "short"])
def test_takes_no_request_id_that_could_do_harm(client: AsgiClient, request_id: str) -> None:
    assert client.post(PLANTS, x_request_id=request_id).headers["x-request-id"] != request_id


def test_masks_what_a_resolver_raises(caplog: pytest.LogCaptureFixture) -> None:
    example = ExampleData(faults={"plants": RuntimeError("db password=hunter2 leaked")})
    reply = (
        ExampleGateway(lambda: example)
        .client()
        .post({"query": "{ plants { name } b: __typename }"})
    )
    (error,) = reply.json["errors"]
    assert (error["message"], error["path"]) == ("Internal server error", ["plants"])
    assert error["extensions"] == {"code": "INTERNAL", "requestId": reply.headers["x-request-id"]}
    assert reply.json["data"] == {"plants": None, "b": "Query"}
    assert "hunter2" not in reply.body.decode() + caplog.text


def test_tells_resolvers_who_asks_and_how() -> None:
    gateway = ExampleGateway()
    gateway.client().post(PLANTS, authorization=f"Bearer {KEY}", idempotency_key="k1")
    assert gateway.contexts == [(VIEWER, "k1")]


@pytest.mark.parametrize(
    "authorization",
    ["Bearer nonsense", "Basic YTpi", "Bearer", f"Bearer {KEY}x", KEY],
    ids=["nonsense", "another scheme", "nothing", "one letter more", "no scheme"],
)
def test_refuses_a_key_it_does_not_know(client: AsgiClient, authorization: str) -> None:
    reply = client.post(PLANTS, authorization=authorization)
    assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
    assert reply.headers["www-authenticate"] == "Bearer"


def test_says_that_keys_cannot_be_checked_now() -> None:
    def away(_key_hash: bytes) -> Holder | None:
        raise KeysNotReadable

    reply = ExampleGateway(find=away).client().post(PLANTS, authorization=f"Bearer {KEY}")
    assert (reply.status, reply.codes) == (503, ["UPSTREAM_UNAVAILABLE"])
    assert reply.headers["retry-after"] == "1"


def test_keeps_introspection_for_those_with_a_key() -> None:
    client = ExampleGateway(is_open_to_introspection=False).client()
    query = {"query": "{ __schema { queryType { name } } }"}
    assert client.post(query).codes == ["INTROSPECTION_DISABLED"]
    assert client.post(query, authorization=f"Bearer {KEY}").status == 200
    assert client.post({"query": "{ __typename }"}).status == 200


def test_answers_paths_beside_graphql_with_a_graphql_error(client: AsgiClient) -> None:
    reply = client.post(PLANTS, path="/graphql/v1")
    assert (reply.status, reply.codes) == (404, ["NOT_FOUND"])


def test_hands_other_paths_on_with_their_body_whole(client: AsgiClient) -> None:
    reply = client.call("POST", "/pages", [b"a", b"b"], {})
    assert reply.body == b"/pagesab"


def test_answers_in_utf_8(client: AsgiClient) -> None:
    reply = client.post(json.dumps({"query": '{ plant(name: "🌿") { name } }'}).encode())
    assert reply.json == {"data": {"plant": None}}


def test_private_fields_are_refused_in_a_get_request(client: AsgiClient) -> None:
    reply = client.get(query="{ diary }")
    assert (reply.status, reply.codes) == (405, ["METHOD_NOT_ALLOWED"])
    assert reply.headers["allow"] == "POST"


def test_private_fields_are_allowed_in_a_post_request(client: AsgiClient) -> None:
    assert client.post({"query": "{ diary }"}).json["data"] == {"diary": "rain"}
