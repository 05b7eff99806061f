"""Addresses of patients: what they look like, and how much of one may be shown."""

from typing import Final, Protocol

from services.contracts.catalog import Channel

_SHOWN_DIGITS: Final = 3


class NotAnAddress(ValueError):
    """The text names no reachable address; the message says what to write, never the text."""


class AddressReader(Protocol):
    """Brings addresses into the one form they are stored and compared in."""

    def phone(self, text: str, *, country: str) -> str:
        """E.164; raises NotAnAddress. `country` reads numbers written without a prefix."""
        ...

    def phone_in(self, country: str, text: str) -> str:
        """E.164 of a number in use in a country; raises NotAnAddress for one of elsewhere."""
        ...

    def countries(self, number: str) -> frozenset[str]:
        """The countries (ISO 3166-1) that a number in E.164 may be of."""
        ...

    def email(self, text: str) -> str:
        """Addr-spec with the domain in lower case; raises NotAnAddress."""
        ...


def mask(channel: Channel, address: str) -> str:
    """Enough to recognize one's own address by, and no more."""
    return _mask_email(address) if channel is Channel.EMAIL else _mask_phone(address)


def _mask_phone(number: str) -> str:
    head, tail = number[:4], number[-_SHOWN_DIGITS:]
    return head + "•" * max(3, len(number) - len(head) - len(tail)) + tail


def _mask_email(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"
