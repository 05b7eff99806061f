"""Hands on what the intake keeps, and forgets a row only when reminders has answered for it."""

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from services.chassis.logs import get_logger
from services.gateway.intake.items import Handed, IntakeItem

BATCH = 50
POLL_SECONDS = 1.0

log = get_logger(__name__)


class Claimed(Protocol):
    """Rows that are ours until the transaction ends."""

    items: Sequence[IntakeItem]

    def remove(self, ids: Collection[UUID]) -> None: ...
    def put_off(self, ids: Collection[UUID]) -> None: ...
    def drop(self, items: Collection[IntakeItem]) -> None:
        """Remove them, and count them where it can be looked up."""
        ...


class IntakeAway(Exception):
    """The rows cannot be reached now."""


Claim = Callable[[int], AbstractContextManager[Claimed]]
"""Opens a transaction with at most so many rows; raises IntakeAway."""

HandOn = Callable[[Sequence[IntakeItem]], Sequence[Handed]]
"""Asks reminders to take each; what became of it. Never raises."""


class Forwarder:
    """A thread. Rows stay locked while they are handed on: two forwarders never take the same.

    Killed before the transaction ends, the rows are there again, and reminders knows their ids.
    """

    def __init__(self, claim: Claim, hand_on: HandOn, poll_seconds: float = POLL_SECONDS) -> None:
        self._claim = claim
        self._hand_on = hand_on
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
        """Look at once: a row was committed."""
        self._woken.set()

    def forward_once(self) -> int:
        """Hand on one batch; answers how many rows were taken over. Raises IntakeAway."""
        with self._claim(BATCH) as claimed:
            if not claimed.items:
                return 0
            outcomes = list(zip(claimed.items, self._hand_on(claimed.items), strict=True))
            taken = [item.id for item, became in outcomes if became is Handed.TAKEN]
            left = [item.id for item, became in outcomes if became is Handed.LATER]
            dropped = [item for item, became in outcomes if became is Handed.DROPPED]
            if taken:
                claimed.remove(taken)
            if left:
                claimed.put_off(left)
                log.warning("intake_put_off", count=len(left))
            if dropped:
                claimed.drop(dropped)
                log.warning("unknown_receipts_dropped", count=len(dropped))
            return len(taken) + len(dropped)

    def _run(self) -> None:
        while not self._is_stopping:
            self._woken.clear()
            if not self._forwarded():
                self._woken.wait(self._poll_seconds)

    def _forwarded(self) -> bool:
        try:
            return self.forward_once() > 0
        except IntakeAway as away:
            log.warning("intake_away", reason=str(away))
        except Exception:
            log.exception("intake_failed")
        return False
