"""Put right what was left behind: leases that ended, usefulness that is over, unknown outcomes.

Every dispatcher sweeps; rows that another one holds are skipped.
"""

from collections.abc import Callable

from services.reminders.delivery.journal.departures import Journals
from services.reminders.delivery.storage.dead_workers import DeadWorkers
from services.reminders.delivery.storage.expired_leases import ExpiredLeases
from services.reminders.delivery.storage.held_messages import HeldMessages
from services.reminders.delivery.usecases.ports import Announce

Moved = list[tuple[int, int]]  # (clinic id, outbound id)

Pass = Callable[[], Moved]
"""A further thing to put right: handles one batch, and returns what it moved."""


def recover_dead_workers(journals: Journals, dead_workers: DeadWorkers, announce: Announce) -> int:
    """Settle what dead workers of this machine began, at once instead of after its lease.

    Returns how many messages moved. Raises StorageAway.
    """
    moved: Moved = []
    for reading in journals.of_the_dead():
        with reading as departures:
            if departures is not None:
                moved += dead_workers.settle(departures)
    announce(moved)
    return len(moved)


class Sweeper:
    def __init__(
        self,
        leases: ExpiredLeases,
        journals: Journals,
        dead_workers: DeadWorkers,
        held: HeldMessages,
        announce: Announce,
        *passes: Pass,
    ) -> None:
        self._leases = leases
        self._journals = journals
        self._dead_workers = dead_workers
        self._held = held
        self._announce = announce
        self._passes = passes

    def __call__(self) -> int:
        """Sweep once. Returns how many messages moved. Raises StorageAway."""
        recovered = recover_dead_workers(self._journals, self._dead_workers, self._announce)
        moved = [
            *self._leases.return_queued(),
            *self._leases.give_up_sending(),
            *self._leases.expire(),
            *self._held.let_go(),
            *(key for sweep in self._passes for key in sweep()),
        ]
        self._leases.ask_staff_about_unknown()
        self._announce(moved)
        return recovered + len(moved)
