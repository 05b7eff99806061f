"""Forwards stored intake rows, and removes a row only after reminders has accepted it."""

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from services.chassis.logs import get_logger
from services.gateway.intake.items import ForwardOutcome, IntakeItem

BATCH = 50
POLL_SECONDS = 1.0

log = get_logger(__name__)


class Claimed(Protocol):
    """Rows that are locked until the transaction ends."""

    items: Sequence[IntakeItem]

    def remove(self, ids: Collection[UUID]) -> None: ...
    def put_off(self, ids: Collection[UUID]) -> None: ...
    def drop(self, items: Collection[IntakeItem]) -> None:
        """Remove them, and add them to the stored count of dropped receipts."""
        ...


class IntakeUnavailable(Exception):
    """The database with the rows cannot be reached now."""


Claim = Callable[[int], AbstractContextManager[Claimed]]
"""Opens a transaction with at most so many rows; raises IntakeUnavailable."""

Forward = Callable[[Sequence[IntakeItem]], Sequence[ForwardOutcome]]
"""Forwards items to reminders and returns the outcome of each. Never raises."""


class Forwarder:
    """A thread that forwards rows, which stay locked meanwhile: no two forwarders take the same.

    If the process is killed before the transaction ends, the rows are forwarded again, and
    reminders recognizes their ids.
    """

    def __init__(self, claim: Claim, forward: Forward, poll_seconds: float = POLL_SECONDS) -> None:
        self._claim = claim
        self._forward = forward
        self._poll_seconds = poll_seconds
        self._woken = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="intake-forwarder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_stopping = True
        self.wake()
        self._thread.join()

    def wake(self) -> None:
        """Check for rows now: one was committed."""
        self._woken.set()

    def forward_once(self) -> int:
        """Forward one batch; return the number of rows removed. Raises IntakeUnavailable."""
        with self._claim(BATCH) as claimed:
            if not claimed.items:
                return 0
            outcomes = list(zip(claimed.items, self._forward(claimed.items), strict=True))
            accepted = [item.id for item, outcome in outcomes if outcome is ForwardOutcome.ACCEPTED]
            to_retry = [item.id for item, outcome in outcomes if outcome is ForwardOutcome.RETRY]
            dropped = [item for item, outcome in outcomes if outcome is ForwardOutcome.DROPPED]
            if accepted:
                claimed.remove(accepted)
            if to_retry:
                claimed.put_off(to_retry)
                log.warning("intake_put_off", count=len(to_retry))
            if dropped:
                claimed.drop(dropped)
                log.warning("unknown_receipts_dropped", count=len(dropped))
            return len(accepted) + len(dropped)

    def _run(self) -> None:
        while not self._is_stopping:
            self._woken.clear()
            if not self._forward_safely():
                self._woken.wait(self._poll_seconds)

    def _forward_safely(self) -> bool:
        try:
            return self.forward_once() > 0
        except IntakeUnavailable as fault:
            log.warning("intake_away", reason=str(fault))
        except Exception:
            log.exception("intake_failed")
        return False
