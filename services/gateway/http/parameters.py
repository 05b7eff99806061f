"""The parameters of a GraphQL request, from the body of a POST or the query string of a GET."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from services.gateway.http import strict_json
from services.gateway.http.faults import HttpFault, bad_request

_MAX_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Parameters:
    query: str
    variables: dict[str, Any]
    operation_name: str | None


def from_body(body: bytes) -> Parameters:
    """Read the parameters from a JSON body. Raises HttpFault."""
    value = strict_json.parse(body)
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
        members[name] = strict_json.parse(members[name].encode()) if members.get(name) else None
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
