"""The name to greet a patient by. Names can come from a public form."""

import re
from functools import cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from services.contracts.visible_text import visible_line

_LONGEST_NAME: Final = 60
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_NO_NAME: Final = re.compile(r"://|www\.|[<>@/\\]", re.IGNORECASE)
_DOTS: Final = "[.\u3002\uff0e\uff61\u2024]"
"""The full stop, and what internationalized domains take for it (RFC 3490 §3.1)."""

_DOTTED: Final = re.compile(rf"[\w-]+(?:{_DOTS}[\w-]+)+")
_ADDRESS: Final = re.compile(r"\d+(\.\d+){3}")
_ABBREVIATED: Final = re.compile(r"(?:[^\W\d_][^\W\d_]{0,2}\.)+[^\W\d_][\w-]*")


def presentable(name: str | None) -> str:
    """A name to greet a patient by. Empty if it is missing, too long, or looks like a link.

    Phones make a link of anything that ends in a known top-level domain. “M.Elena” and “St.John” do
    not; “Dr.Li” does, and so is written “Dr. Li”.
    """
    shown = visible_line(_CONTROL.sub(" ", name or ""))
    cleaned = _DOTTED.sub(_without_link, shown).strip()
    return "" if len(cleaned) > _LONGEST_NAME or _NO_NAME.search(cleaned) else cleaned


_A_LINK: Final = "<link>"  # holds characters that no name has


def _without_link(dotted: re.Match[str]) -> str:
    text = dotted[0]
    plain = re.sub(_DOTS, ".", text)
    if not _ADDRESS.fullmatch(plain) and _domains().publicsuffix(plain.casefold()) is None:
        return text
    is_titled = all(part[:1].isupper() for part in plain.split("."))
    if is_titled and _ABBREVIATED.fullmatch(plain):
        return plain.replace(".", ". ")
    return _A_LINK


@cache
def _domains() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
