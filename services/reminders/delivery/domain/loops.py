"""If the same text goes to one address again and again, something of ours runs in a loop."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import blake2b
from typing import Final

MOST_IDENTICAL: Final = 20
WITHIN: Final = timedelta(minutes=5)
"""So many identical texts to one address within this are a loop; further ones are stopped.

They stay stopped until none was tried for as long. Which kinds count: Rule.LOOP in dispatch.py.
"""

_REMEMBERED: Final = 32_768


def fingerprint(address_index: bytes, text: str) -> bytes:
    """Identify a text to an address. The address's index is keyed, so it reveals nothing."""
    return blake2b(text.encode(), key=address_index[-64:], digest_size=8).digest()


class RecentTexts:
    """What this process sent lately; bounded, so that under load it forgets sooner."""

    def __init__(self, monotonic: Callable[[], float], most: int = _REMEMBERED) -> None:
        self._monotonic = monotonic
        self._most = most
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        self._turn_at = monotonic() + WITHIN.total_seconds()

    def __contains__(self, name: bytes) -> bool:
        self._turn()
        return name in self._young or name in self._old

    def add(self, name: bytes) -> None:
        self._turn()
        self._young.add(name)

    def _turn(self) -> None:
        """A name is kept for five to ten minutes, or through as many others as fit."""
        if self._monotonic() >= self._turn_at or len(self._young) >= self._most:
            self._young, self._old = set(), self._young
            self._turn_at = self._monotonic() + WITHIN.total_seconds()
