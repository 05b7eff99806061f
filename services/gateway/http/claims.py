"""Reads the claims of signed tokens: in links of pages, in webhook URLs and in Message-IDs."""

from typing import TypeVar

import msgspec

from services.chassis.tokens import NotOurToken, TokenSigner

C = TypeVar("C")


def read_claims(
    tokens: TokenSigner, token: str, claims: type[C], *, at_any_age: bool = False
) -> C | None:
    """Return the claims of a token, or None if it is not one of ours or has expired."""
    read = tokens.read_at_any_age if at_any_age else tokens.read
    try:
        return msgspec.convert(read(token), type=claims)
    except (NotOurToken, msgspec.ValidationError):
        return None
