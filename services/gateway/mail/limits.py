"""How much one client, one address of ours and all together may use of the listener."""

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

_MOST_REMEMBERED: Final = 100_000
_MINUTE: Final = 60.0
_DAY: Final = 86_400.0
_IPV6_BITS: Final = 64  # as much as one customer gets


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """`mail_bytes` of one mail; `idle_seconds` for one command or one mail."""

    mail_bytes: int
    connections: int
    connections_per_client: int
    mails_per_minute: int
    mails_per_token: int
    idle_seconds: float


def client_of(host: str) -> str:
    """Whom an address counts for: itself, or its network of 64 bits with IPv6."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_BITS), strict=False))


class OpenConnections:
    """Counts the open connections of each client."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._by_client = Counter[str]()

    @property
    def total(self) -> int:
        return self._by_client.total()

    def enter(self, client: str) -> bool:
        """Count a connection. Returns False if there are too many."""
        is_full = self.total >= self._limits.connections
        if is_full or self._by_client[client] >= self._limits.connections_per_client:
            return False
        self._by_client[client] += 1
        return True

    def leave(self, client: str) -> None:
        self._by_client[client] -= 1
        if self._by_client[client] <= 0:
            del self._by_client[client]


class Allowance:
    """Allows `most` uses of each name in `seconds`, evenly refilled.

    The names used longest ago are forgotten first, when there are very many.
    """

    def __init__(
        self, most: int, seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._refill = most / seconds
        self._monotonic = monotonic
        self._left = OrderedDict[str, tuple[float, float]]()  # (uses left, when that was)

    def is_left(self, name: str) -> bool:
        return self._now_left(name) >= 1

    def use(self, name: str) -> bool:
        """Use it once. Returns False if nothing is left."""
        left = self._now_left(name)
        is_allowed = left >= 1
        self._left[name] = (left - 1 if is_allowed else left), self._monotonic()
        self._left.move_to_end(name)
        if len(self._left) > _MOST_REMEMBERED:
            self._left.popitem(last=False)
        return is_allowed

    def _now_left(self, name: str) -> float:
        left, at = self._left.get(name, (float(self._most), self._monotonic()))
        return min(float(self._most), left + (self._monotonic() - at) * self._refill)


def client_allowance(limits: Limits) -> Allowance:
    return Allowance(limits.mails_per_minute, _MINUTE)


def token_allowance(limits: Limits) -> Allowance:
    return Allowance(limits.mails_per_token, _DAY)
