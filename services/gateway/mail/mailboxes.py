"""The addresses of ours that take mail, by their kind."""

from collections.abc import Callable, Mapping

import msgspec

from services.chassis.signed_addresses import AddressSigner, NotOurAddress, SignedAddress


class ReceivedMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as it came, for one address of ours. `sender` is empty for bounces."""

    address: SignedAddress
    sender: str
    content: bytes


TakeMail = Callable[[ReceivedMail], None]
"""Stores a mail of one kind. Returns when it is safe; raises if it cannot be stored now."""


class Mailboxes:
    """Finds by an address's kind what takes its mail. Another kind is another line in `kinds`."""

    def __init__(self, signer: AddressSigner, kinds: Mapping[str, TakeMail]) -> None:
        self._signer = signer
        self._kinds = dict(kinds)

    def read(self, address: str) -> SignedAddress | None:
        """Returns None unless it is a live address of ours that takes mail."""
        try:
            signed = self._signer.read(address)
        except NotOurAddress:
            return None
        return signed if signed.kind in self._kinds else None

    def take(self, mail: ReceivedMail) -> None:
        self._kinds[mail.address.kind](mail)
