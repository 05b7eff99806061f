"""Finds by our signed tokens which mail of ours a text is about."""

import re
from collections.abc import Iterator
from typing import Final

from services.chassis.signed_addresses import AddressSigner, NotOurAddress
from services.chassis.tokens import TokenSigner
from services.contracts.replies import MESSAGE_LIFETIME, MESSAGE_PURPOSE
from services.contracts.senders import RETURN_PATH_KIND, SIGNED_ADDRESS_LIFETIME
from services.gateway.http.claims import read_claims

Attempt = tuple[int, int]  # (clinic id, attempt id)

_NUMBERS: Final = 2
_ADDRESS: Final = re.compile(r"\b[a-z]\+[a-z2-7]{32,62}@[a-z0-9.-]+", re.IGNORECASE | re.ASCII)
_REWRITTEN: Final = re.compile(
    r"=([a-z0-9.-]+)=([a-z]\+[a-z2-7]{32,62})@", re.IGNORECASE | re.ASCII
)
"""A forwarder writes `SRS0=hash=time=our domain=our local part@forwarder`."""
_MESSAGE: Final = re.compile(r"(?<![\w-])[\w-]{4,400}\.[\w-]{4,40}\.[\w-]{20,100}", re.ASCII)
"""Bounded, so that a long word costs no more than its length."""


class MailTokens:
    """Reads the tokens in our return paths and Message-IDs. Nobody else can make them."""

    def __init__(self, secret_key: str) -> None:
        self._addresses = AddressSigner(secret_key, lifetime=SIGNED_ADDRESS_LIFETIME)
        self._messages = TokenSigner(secret_key, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME)

    def find(self, text: str) -> Attempt | None:
        """The attempt that the first valid token in a text names; None without one."""
        return next(self._in(text), None)

    def _in(self, text: str) -> Iterator[Attempt]:
        rewritten = (f"{match[2]}@{match[1]}" for match in _REWRITTEN.finditer(text))
        for address in (*(match[0] for match in _ADDRESS.finditer(text)), *rewritten):
            if attempt := self._of_address(address):
                yield attempt
        for match in _MESSAGE.finditer(text):
            if attempt := read_claims(self._messages, match[0], tuple[int, int]):
                yield attempt

    def _of_address(self, address: str) -> Attempt | None:
        try:
            signed = self._addresses.read(address.rstrip("."))
        except NotOurAddress:
            return None
        if signed.kind != RETURN_PATH_KIND or len(signed.numbers) != _NUMBERS:
            return None
        return signed.numbers[0], signed.numbers[1]
