"""What goes wrong on purpose, so that callers can be seen to cope with it."""

import random
from typing import Annotated, Literal

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""Of 1: 0 never, 1 always."""

EXAMPLE = (
    '{"loseReplies": 0.1, "delayMs": 200,'
    ' "refuse": {"status": 429, "retryAfter": 3, "share": 0.5}, "seed": 7}'
)


class BadFaults(Exception):
    """What was asked for is no set of faults; the text says what is wrong and what to send."""


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Written in camelCase; a name that is not known is an error, for it would do nothing."""


class Refusing(_Wire, frozen=True, kw_only=True):
    """Turn away a share of what is sent; over SMTP 429 is a 451, 503 a 421."""

    status: Literal[429, 503]
    retry_after: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 3  # seconds
    share: Share = 1.0


class ReceiptFaults(_Wire, frozen=True, kw_only=True):
    """How status callbacks come: never lost, but out of order or twice if asked for."""

    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 300  # before each stage
    reorder: Share = 0.0
    double: Share = 0.0


class Faults(_Wire, frozen=True, kw_only=True):
    """Nothing goes wrong by default. With a seed, the same calls meet the same faults."""

    lose_replies: Share = 0.0  # accepted and kept, but the connection drops without an answer
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0  # before each answer
    refuse: Refusing | None = None
    receipts: ReceiptFaults = ReceiptFaults()
    seed: int | None = None


def parse_faults(body: bytes) -> Faults:
    """Read faults as JSON; what is left out does not go wrong.

    Raises BadFaults.
    """
    try:
        return msgspec.json.decode(body, type=Faults)
    except msgspec.DecodeError as fault:
        raise BadFaults(f"{fault}. Send JSON such as {EXAMPLE}") from None


class Mishaps:
    """Decides, call by call, which of the set faults strike."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.use(faults or Faults())

    @property
    def faults(self) -> Faults:
        return self._faults

    def use(self, faults: Faults) -> None:
        """From now on; starts the dice anew."""
        self._faults = faults
        self._dice = random.Random(faults.seed)  # noqa: S311 - chooses mishaps, guards nothing

    @property
    def delay(self) -> float:
        """Seconds to wait before each answer."""
        return self._faults.delay_ms / 1000

    def refusal(self) -> Refusing | None:
        refuse = self._faults.refuse
        return refuse if refuse and self._strikes(refuse.share) else None

    def loses_reply(self) -> bool:
        return self._strikes(self._faults.lose_replies)

    def reorders_receipts(self) -> bool:
        return self._strikes(self._faults.receipts.reorder)

    def doubles_receipts(self) -> bool:
        return self._strikes(self._faults.receipts.double)

    def _strikes(self, share: float) -> bool:
        return self._dice.random() < share
