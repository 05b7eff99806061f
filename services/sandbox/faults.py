"""Faults on purpose, to test how callers cope with them."""

import random
from typing import Annotated, Literal

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""From 0 (never) to 1 (always)."""

EXAMPLE = (
    '{"loseReplies": 0.1, "delayMs": 200,'
    ' "refuse": {"status": 429, "retryAfter": 3, "share": 0.5}, "seed": 7}'
)


class BadFaults(Exception):
    """The request is not a valid set of faults. The text says what to send instead."""


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Names are in camelCase. An unknown one is an error, because it would do nothing."""


class Refusing(_Wire, frozen=True, kw_only=True):
    """Refuse a share of what is sent. Over SMTP 429 becomes 451, and 503 becomes 421."""

    status: Literal[429, 503]
    retry_after: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 3  # seconds
    share: Share = 1.0


class ReceiptFaults(_Wire, frozen=True, kw_only=True):
    """How status callbacks arrive: out of order or twice if wanted, but never lost."""

    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 300  # before each stage
    reorder: Share = 0.0
    double: Share = 0.0


class Faults(_Wire, frozen=True, kw_only=True):
    """By default there are none. With a seed, the same calls meet the same faults."""

    lose_replies: Share = 0.0  # accepted and stored, but the connection closes without an answer
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0  # before each answer
    refuse: Refusing | None = None
    receipts: ReceiptFaults = ReceiptFaults()
    seed: int | None = None


def parse_faults(body: bytes) -> Faults:
    """Parse faults from JSON. What is left out does not go wrong.

    Raises BadFaults.
    """
    try:
        return msgspec.json.decode(body, type=Faults)
    except msgspec.DecodeError as fault:
        raise BadFaults(f"{fault}. Send JSON such as {EXAMPLE}") from None


class Mishaps:
    """Decides for each call which faults occur."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.use(faults or Faults())

    @property
    def faults(self) -> Faults:
        return self._faults

    def use(self, faults: Faults) -> None:
        """Use these faults from now on, and start the random numbers again."""
        self._faults = faults
        self._random = random.Random(faults.seed)  # noqa: S311 - chooses mishaps, guards nothing

    @property
    def delay(self) -> float:
        """Seconds to wait before each answer."""
        return self._faults.delay_ms / 1000

    def refusal(self) -> Refusing | None:
        refuse = self._faults.refuse
        return refuse if refuse and self._occurs(refuse.share) else None

    def loses_reply(self) -> bool:
        return self._occurs(self._faults.lose_replies)

    def reorders_receipts(self) -> bool:
        return self._occurs(self._faults.receipts.reorder)

    def doubles_receipts(self) -> bool:
        return self._occurs(self._faults.receipts.double)

    def _occurs(self, share: float) -> bool:
        return self._random.random() < share
