"""The parameters of a GraphQL request, from the body of a POST or the query string of a GET."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from services.gateway.http.faults import HttpFault, bad_json, bad_request

MAX_DEPTH = 32


def _parse_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Parse JSON strictly by RFC 8259: UTF-8, no NaN, no duplicate keys, and a limited depth.

    Raises HttpFault with a message that does not repeat the input.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
        )
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise bad_json("The body is not JSON in UTF-8.") from None
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise bad_request("The body has a key twice in one object.")
    return members


def _constant(_name: str) -> None:
    raise ValueError("not JSON")


def _check(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Refuse values nested too deeply, and lone surrogates, which UTF-8 cannot encode."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise bad_request(f"The body is nested more than {MAX_DEPTH} deep.")


def _children(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        _check_text(value)
        return []
    if isinstance(value, dict):
        for key in value:
            _check_text(key)
        return list(value.values())
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_json("The body holds half of a surrogate pair.") from None


_MAX_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Parameters:
    query: str
    variables: dict[str, Any]
    operation_name: str | None


def from_body(body: bytes) -> Parameters:
    """Read the parameters from a JSON body. Raises HttpFault."""
    value = _parse_json(body)
    if isinstance(value, list):
        raise HttpFault(400, "BATCHING_DISABLED", "Send one request at a time, not a list.")
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object with a member `query`.")
    return _from_members(value)


def from_query_string(query_string: bytes) -> Parameters:
    """Read the parameters from a query string. Raises HttpFault."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise bad_request("The query string is not URL-encoded UTF-8.") from None
    members: dict[str, Any] = {}
    for name, text in pairs:
        if name in members:
            raise bad_request("The query string has a parameter twice.")
        members[name] = text
    for name in ("variables", "extensions"):
        members[name] = _parse_json(members[name].encode()) if members.get(name) else None
    members["operationName"] = members.get("operationName") or None
    return _from_members(members)


def _from_members(members: dict[str, Any]) -> Parameters:
    query = members.get("query")
    if not isinstance(query, str):
        raise bad_request("`query` must be a string that holds a GraphQL document.")
    name = members.get("operationName")
    if name is not None and not isinstance(name, str):
        raise bad_request("`operationName` must be a string or null.")
    variables = members.get("variables")
    for key in ("variables", "extensions"):
        if members.get(key) is not None and not isinstance(members[key], dict):
            raise bad_request(f"`{key}` must be an object or null.")
    return Parameters(query, variables or {}, name)
