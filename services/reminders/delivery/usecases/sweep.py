"""Put right what was left behind: leases that ended, usefulness that is over, unknown outcomes.

Every dispatcher sweeps; rows that another one holds are skipped.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from services.reminders.delivery.domain.departures import Departures
from services.reminders.delivery.usecases.delivery_ports import Changed

Moved = list[tuple[int, int]]  # (clinic id, outbound id)


class Leftovers(Protocol):
    """Each call deals with one batch and answers with what it moved."""

    def return_queued(self) -> Moved:
        """Claimed, and the lease is over before an attempt began: never sent, so due again."""
        ...

    def give_up_sending(self) -> Moved:
        """An attempt began, and the lease is over without an outcome: unknown."""
        ...

    def expire(self) -> Moved:
        """Still waiting, and no longer of use."""
        ...

    def ask_staff_about_unknown(self) -> int:
        """Open a task for each message that has been unknown for ten minutes."""
        ...


class Journals(Protocol):
    def of_the_dead(self) -> Iterator[AbstractContextManager[Departures | None]]:
        """Say what each dead process of this machine left; forgotten when its block ends well."""
        ...


class DeadWorkers(Protocol):
    def settle(self, said: Departures) -> Moved:
        """Make due again what never left, call the rest unknown."""
        ...


class HeldMessages(Protocol):
    def let_go(self) -> Moved:
        """What released holds kept back can be claimed again."""
        ...


Pass = Callable[[], Moved]
"""A further thing to put right: deals with one batch and answers with what it moved."""


def hear_the_dead(journals: Journals, dead_workers: DeadWorkers, changed: Changed) -> int:
    """Settle what the dead workers of this machine began, at once instead of after its lease.

    Answers with how many messages moved; raises StorageAway.
    """
    moved: Moved = []
    for reading in journals.of_the_dead():
        with reading as said:
            if said is not None:
                moved += dead_workers.settle(said)
    _announce(moved, changed)
    return len(moved)


def _announce(moved: Moved, changed: Changed) -> None:
    if moved:
        changed(moved)


class Sweeper:
    def __init__(
        self,
        leftovers: Leftovers,
        journals: Journals,
        dead_workers: DeadWorkers,
        held: HeldMessages,
        changed: Changed,
        *passes: Pass,
    ) -> None:
        self._held = held
        self._passes = passes
        self._leftovers = leftovers
        self._journals = journals
        self._dead_workers = dead_workers
        self._changed = changed

    def __call__(self) -> int:
        """One round; answers with how many messages moved. Raises StorageAway."""
        heard = hear_the_dead(self._journals, self._dead_workers, self._changed)
        moved = [
            *self._leftovers.return_queued(),
            *self._leftovers.give_up_sending(),
            *self._leftovers.expire(),
            *self._held.let_go(),
            *(key for each in self._passes for key in each()),
        ]
        self._leftovers.ask_staff_about_unknown()
        _announce(moved, self._changed)
        return heard + len(moved)
