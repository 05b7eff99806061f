"""JSON as RFC 8259 means it: UTF-8, no NaN, no doubled keys, nothing absurdly deep or large."""

import json
from typing import Any

from services.gateway.http.faults import bad_json, bad_request

MAX_DEPTH = 32


def parse(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Raise HttpFault that says what is wrong, without repeating what was sent."""
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
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad_request("The body has a key twice in one object.")
    return found


def _constant(_name: str) -> None:
    raise ValueError("no JSON")


def _check(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Refuse what nests too deeply, and halves of characters, which no UTF-8 can hold."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise bad_request(f"The body is nested more than {MAX_DEPTH} deep.")


def _inside(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
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
