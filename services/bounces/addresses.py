"""Reads addresses in fields and texts of mails."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

_NAME: Final = r"[^\s<>()\[\]\"',:;|{}@]{1,250}"
_HOST: Final = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}|\[[0-9a-fA-F.:]{2,45}\]"
_ADDRESS: Final = re.compile(rf"{_NAME}@(?:{_HOST})")
_TYPE: Final = re.compile(
    r"^\s*(?:rfc822|utf-8|unknown|x400|local|dns|smtp)\s*[;:]\s*", re.IGNORECASE
)
_MOST: Final = 50


def normal(address: str) -> str:
    """The form in which addresses are compared: lower case, without what surrounds it."""
    return address.strip().strip("<>.\"'").lower()


def address_in(text: str) -> str | None:
    """Return the first address of a field such as `rfc822; pat@example.org`."""
    return next(addresses_in([_TYPE.sub("", text)]), None)


def addresses_in(texts: Iterable[str]) -> Iterator[str]:
    """Each address in normal form, in order."""
    for text in texts:
        for match in islice(_ADDRESS.finditer(text[:20_000]), _MOST):
            yield normal(match[0])


def host_of(address: str) -> str:
    return address.rpartition("@")[2]


def are_related(address: str, other: str) -> bool:
    """Whether a server may have rewritten one address as the other: it keeps the name.

    Some leave out a tag (“pat+skin”), or write its plus sign as RFC 3461 encodes it (“pat+2Bskin”).
    """
    return _name(address) == _name(other)


def _name(address: str) -> str:
    name = address.rpartition("@")[0]
    return name.partition("+")[0] or name
