"""Parses JSON strictly by RFC 8259: UTF-8, no NaN, no duplicate keys, and a limited depth."""

import json
from typing import Any

from services.gateway.http.faults import bad_json, bad_request

MAX_DEPTH = 32


def parse(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Parse the body. Raises HttpFault with a message that does not repeat the input."""
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
