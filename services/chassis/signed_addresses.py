"""Mail addresses that only we can make: `kind+token@domain`."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import msgspec
from itsdangerous import Signer
from itsdangerous.signer import HMACAlgorithm

_DAY: Final = 86_400
_DAY_BYTES: Final = 2
_MAC_BYTES: Final = 16
_ADDRESS: Final = re.compile(
    r"([a-z])\+([a-z2-7]{32,62})@([a-z0-9.-]{1,189})", re.IGNORECASE | re.ASCII
)
"""RFC 5321 §4.5.3.1: a local part has at most 64 characters, a path 256 with its brackets."""


class NotOurAddress(ValueError):
    """An address has no token of ours for its kind and domain, or an expired one."""


class SignedAddress(msgspec.Struct, frozen=True):
    """What an address of ours says: its kind (one letter), its domain, and our numbers."""

    kind: str
    domain: str
    numbers: tuple[int, ...]


class AddressSigner:
    """Writes and reads addresses that are signed with the deployment's secret.

    A token counts for one kind and one domain: a valid address proves that we have used that
    domain. It is written in base32, because mail servers may change the case of an address. Its age
    is in real time, in whole days. Put only our own numbers in, never personal data.
    """

    def __init__(
        self, secret: str, *, lifetime: timedelta, now: Callable[[], float] = time.time
    ) -> None:
        self._key = Signer(secret, salt="afterglow.address").derive_key()
        self._days = lifetime.days
        self._now = now

    def sign(self, kind: str, domain: str, *numbers: int) -> str:
        """Write an address. `numbers` are not negative; two of 63 bits each fit."""
        payload = self._today().to_bytes(_DAY_BYTES) + b"".join(map(_packed, numbers))
        return self._written(kind, domain.lower(), payload)

    def read(self, address: str) -> SignedAddress:
        """Read an address of any case. Raises NotOurAddress."""
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise NotOurAddress("another form")
        kind, token, domain = match[1].lower(), match[2].lower(), match[3].lower()
        payload = _decoded(token)[:-_MAC_BYTES]
        if not hmac.compare_digest(self._written(kind, domain, payload), address.lower()):
            raise NotOurAddress("another signature")
        if not 0 <= self._today() - int.from_bytes(payload[:_DAY_BYTES]) <= self._days:
            raise NotOurAddress("expired")
        return SignedAddress(kind, domain, tuple(_unpacked(payload[_DAY_BYTES:])))

    def _written(self, kind: str, domain: str, payload: bytes) -> str:
        signed = f"{kind}@{domain}\n".encode() + payload
        mac = HMACAlgorithm(hashlib.sha256).get_signature(self._key, signed)[:_MAC_BYTES]
        token = base64.b32encode(payload + mac).decode().rstrip("=").lower()
        return f"{kind}+{token}@{domain}"

    def _today(self) -> int:
        return int(self._now()) // _DAY


def _decoded(token: str) -> bytes:
    padding = "=" * (-len(token) % 8)
    try:
        return base64.b32decode(token + padding, casefold=True)
    except binascii.Error:
        raise NotOurAddress("not base32") from None


def _packed(number: int) -> bytes:
    """Encode a number in groups of seven bits, the lowest first (LEB128)."""
    groups = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def _unpacked(data: bytes) -> Sequence[int]:
    numbers, number, shift = [], 0, 0
    for group in data:
        number |= (group & 0x7F) << shift
        shift += 7
        if not group & 0x80:
            numbers.append(number)
            number, shift = 0, 0
    return numbers
