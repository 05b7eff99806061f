"""What a text of one line may hold before it is handed on."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from services.gateway.schema.refusals.values import InputError, invalid

LONGEST_TEXT: Final = 500
LONGEST_KEY: Final = 200

_NEITHER_SHOWN_NOR_STORED: Final = frozenset({"Cc", "Cs"})
"""Control characters end a header of a mail early; PostgreSQL stores no NUL and no surrogate.

Format characters (Cf) are let through: names in several scripts are written with them.
"""


def is_plain(text: str) -> bool:
    return all(unicodedata.category(each) not in _NEITHER_SHOWN_NOR_STORED for each in text)


def text_faults(
    given: Mapping[str, Any], names: Mapping[str, str], *within: str
) -> list[InputError]:
    """One error for each text that cannot be taken.

    `names` are the schema's, by our own; `within` is the path of what holds the texts.
    """
    faults = []
    for name, public in names.items():
        text = given.get(name)
        limit = LONGEST_KEY if name == "idempotency_key" else LONGEST_TEXT
        if not isinstance(text, str):
            continue
        if len(text) > limit:
            faults.append(invalid(f"At most {limit} characters, please.", *within, public))
        elif not is_plain(text):
            faults.append(invalid("One line without control characters.", *within, public))
    return faults
