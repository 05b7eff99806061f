"""What addresses are found by: keyed digests, made here and nowhere else.

No mail host that people use tells `Ana@` from `ana@`, and somebody who has opted out must not be
written to because a form spelled them otherwise: mail addresses are folded before they are
indexed. They are sent to as they were given (RFC 5321 §2.4).
"""

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.reminders.database import seal_contexts as contexts


def address_index(vault: Vault, channel: Channel, address: str) -> bytes:
    """The index under the newest key, to be stored."""
    return vault.index(_folded(channel, address), context=contexts.address_index(channel))


def address_indexes(vault: Vault, channel: Channel, address: str) -> list[bytes]:
    """The indexes under every key, to look it up by."""
    return vault.indexes(_folded(channel, address), context=contexts.address_index(channel))


def _folded(channel: Channel, address: str) -> str:
    return address.casefold() if channel is Channel.EMAIL else address
