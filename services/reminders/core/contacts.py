"""Addresses of patients: what they look like, and how much of one may be shown."""

from typing import Final

from services.contracts.catalog import Channel

_SHOWN_DIGITS: Final = 3


class NotAnAddress(ValueError):
    """The text names no reachable address; the message says what to write, never the text."""


def mask(channel: Channel, address: str) -> str:
    """Enough to recognize one's own address by, and no more."""
    return _mask_email(address) if channel is Channel.EMAIL else _mask_phone(address)


def _mask_phone(number: str) -> str:
    head, tail = number[:4], number[-_SHOWN_DIGITS:]
    return head + "•" * max(3, len(number) - len(head) - len(tail)) + tail


def _mask_email(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"
