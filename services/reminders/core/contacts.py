"""How much of a patient's address may be shown."""

from typing import Final

from services.contracts.catalog import Channel

_SHOWN_DIGITS: Final = 3


class NotAnAddress(ValueError):
    """The text is no address. The message says what to write and never repeats the text."""


def mask(channel: Channel, address: str) -> str:
    """Show enough of an address for its owner to recognize it, and no more."""
    return _mask_email(address) if channel is Channel.EMAIL else _mask_phone(address)


def _mask_phone(number: str) -> str:
    head, tail = number[:4], number[-_SHOWN_DIGITS:]
    return head + "•" * max(3, len(number) - len(head) - len(tail)) + tail


def _mask_email(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"
