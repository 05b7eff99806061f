"""Checks of texts of one line, before they are sent to a service."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.contracts.reminders import KEY_RULE, LONGEST_KEY
from services.gateway.schema.refusals.values import InputError, camel_case, invalid

LONGEST_TEXT: Final = 500

_NEITHER_SHOWN_NOR_STORED: Final = frozenset({"Cc", "Cs"})
"""Control characters end a header of a mail early; PostgreSQL stores no NUL and no surrogate.

Format characters (Cf) are allowed: names in several scripts need them.
"""


def is_plain(text: str) -> bool:
    return all(
        unicodedata.category(character) not in _NEITHER_SHOWN_NOR_STORED for character in text
    )


def text_faults(data: Mapping[str, Any], names: Iterable[str], *within: str) -> list[InputError]:
    """Return one error for each of these texts that is not allowed.

    `names` are Python names; `within` is the path of the input that holds the texts.
    """
    faults = []
    for name in names:
        text = data.get(name)
        if not isinstance(text, str):
            continue
        message = _key_fault(text) if name == "idempotency_key" else _text_fault(text)
        if message:
            faults.append(invalid(message, *within, camel_case(name)))
    return faults


def _key_fault(key: str) -> str | None:
    return None if 0 < len(key) <= LONGEST_KEY and is_plain(key) else KEY_RULE


def _text_fault(text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        return f"At most {LONGEST_TEXT} characters, please."
    return None if is_plain(text) else "One line without control characters."
