"""What a provider's client must do. CONTRIBUTING.md says how to add one."""

import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Final, Protocol, TypeVar

from services.contracts.words import SuppressionReason
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import (
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
    Unknown,
    Unsendable,
)

T = TypeVar("T")

Leaving = Callable[[], None]
"""Called once, right before the first byte that the provider could act on leaves the process."""


class Provider(Protocol):
    """One account with one provider."""

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        """Send one message within its deadline; never raises.

        After `leaving` every failure without an answer is Unknown; before it, RejectedForNow.
        When `leaving` raises, nothing may be sent.
        """
        ...

    async def close(self) -> None: ...


class Departure:
    """Knows whether a message has left, or `leaving` has refused it."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving
        self._is_withheld = False
        self.has_left = False

    def mark(self) -> None:
        """Record the departure before it happens. If recording fails, nothing has left."""
        if self.has_left:
            return
        try:
            self._leaving()
        except BaseException:
            self._is_withheld = True
            raise
        self.has_left = True

    def without_answer(self, code: str) -> Outcome:
        """Translate a failure: it is definite before the departure, and Unknown after it."""
        if self.has_left:
            return Unknown(code)
        failure = Failure.WITHHELD if self._is_withheld else Failure.NOT_REACHED
        return RejectedForNow(code, failure=failure)


def written(write: Callable[[], T]) -> T:
    """Write a message for a provider. Raises Unsendable: the provider has not been asked yet.

    Whatever goes wrong here is the message's own fault, so it must not count against a provider.
    """
    try:
        return write()
    except Unsendable:
        raise
    except Exception:  # noqa: BLE001 - one message that no code foresaw must not hold up others
        raise Unsendable(Reason.TEXT_NOT_SENDABLE) from None


def refused(fault: Unsendable) -> Outcome:
    """What becomes of a message that cannot be written. A sender's fault can be mended."""
    match fault.reason:
        case Reason.SENDER_NOT_SENDABLE:
            return RejectedForNow(fault.reason, failure=Failure.SENDER)
        case Reason.ADDRESS_NOT_SENDABLE:
            return RejectedForGood(fault.reason, SuppressionReason.INVALID)
        case _:
            return RejectedForGood(fault.reason)


_CAUSES: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (TimeoutError, "TIMEOUT"),
    (ssl.SSLError, "TLS_FAILED"),
    (socket.gaierror, "NAME_NOT_FOUND"),
    (ConnectionRefusedError, "CONNECTION_REFUSED"),
    (ConnectionError, "CONNECTION_LOST"),
)


def cause_of(fault: BaseException) -> str:
    """Name why there was no answer, in words that do not depend on a library."""
    faults = tuple(_with_causes(fault))
    for kind, code in _CAUSES:
        if any(isinstance(cause, kind) for cause in faults):
            return code
    return "CONNECTION_FAILED"


def _with_causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__
