"""Indexes that find addresses: keyed digests, made only here.

No common mail host distinguishes `Ana@` from `ana@`, and somebody who has opted out must not get
mail because a form spells the address differently. So mail addresses are folded before they are
indexed. Mail is sent to the address as it was given (RFC 5321 §2.4).
"""

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.reminders.database import seal_contexts as contexts


def address_index(vault: Vault, channel: Channel, address: str) -> bytes:
    """Make the index under the newest key, to be stored."""
    return vault.index(_folded(channel, address), context=contexts.address_index(channel))


def address_indexes(vault: Vault, channel: Channel, address: str) -> list[bytes]:
    """Make the indexes under all keys, to search with."""
    return vault.indexes(_folded(channel, address), context=contexts.address_index(channel))


def _folded(channel: Channel, address: str) -> str:
    return address.casefold() if channel is Channel.EMAIL else address
