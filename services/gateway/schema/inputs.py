"""Inputs: checks of their texts, and the structs of the contracts that are made of them."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.plain_text import LONGEST_TEXT, NOT_PLAIN, is_plain
from services.contracts.reminders import KEY_RULE, LONGEST_KEY

S = TypeVar("S")


def text_faults(data: Mapping[str, Any], names: Iterable[str], *within: str) -> list[Refusal]:
    """Return one error for each of these texts that is not allowed.

    `within` is the path of the input that holds the texts.
    """
    faults = []
    for name in names:
        text = data.get(name)
        if not isinstance(text, str):
            continue
        message = _key_fault(text) if name == "idempotency_key" else _text_fault(text)
        if message:
            faults.append(invalid(message, *within, name))
    return faults


def _key_fault(key: str) -> str | None:
    return None if 0 < len(key) <= LONGEST_KEY and is_plain(key) else KEY_RULE


def _text_fault(text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        return f"At most {LONGEST_TEXT} characters, please."
    return None if is_plain(text) else NOT_PLAIN


def invalid(message: str, *path: str) -> Refusal:
    return Refusal(code=UserErrorCode.INVALID, message=message, path=path)


def not_found(message: str, *path: str) -> Refusal:
    return Refusal(code=UserErrorCode.NOT_FOUND, message=message, path=path)


def struct_of(kind: type[S], data: Mapping[str, Any], **more: object) -> S:
    """Make a record of what an input or arguments have of its fields, and of `more`.

    Null means the same as a field left out: the struct's default.
    """
    return msgspec.convert({**_without_nulls(data), **more}, kind)


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any input value
    if isinstance(value, Mapping):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return list(map(_without_nulls, value)) if isinstance(value, list) else value
