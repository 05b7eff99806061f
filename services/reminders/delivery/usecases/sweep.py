"""Put right what was left behind: leases that ended, usefulness that is over, unknown outcomes.

Every dispatcher sweeps; rows that another one holds are skipped.
"""

from collections.abc import Callable

from services.reminders.database.decisions import MessageKeys
from services.reminders.delivery.journal.departures import Journals
from services.reminders.delivery.storage.dead_workers import DeadWorkers
from services.reminders.delivery.storage.sweeps import Sweeps
from services.reminders.delivery.usecases.ports import Announce

Pass = Callable[[], MessageKeys]
"""A further thing to put right: handles one batch, and returns what it moved."""


def recover_dead_workers(journals: Journals, dead_workers: DeadWorkers, announce: Announce) -> int:
    """Settle what dead workers of this machine began, at once instead of after its lease.

    Returns how many messages moved. Raises StorageAway.
    """
    moved: MessageKeys = []
    for reading in journals.of_the_dead():
        with reading as departures:
            if departures is not None:
                moved += dead_workers.settle(departures)
    announce(moved)
    return len(moved)


class Sweeper:
    def __init__(
        self,
        sweeps: Sweeps,
        journals: Journals,
        dead_workers: DeadWorkers,
        announce: Announce,
        *passes: Pass,
    ) -> None:
        self._sweeps = sweeps
        self._journals = journals
        self._dead_workers = dead_workers
        self._announce = announce
        self._passes = passes

    def __call__(self) -> int:
        """Sweep once. Returns how many messages moved. Raises StorageAway."""
        recovered = recover_dead_workers(self._journals, self._dead_workers, self._announce)
        moved = [
            *self._sweeps.return_queued(),
            *self._sweeps.give_up_sending(),
            *self._sweeps.expire(),
            *self._sweeps.let_go(),
            *self._sweeps.release_merged(),
            *(key for sweep in self._passes for key in sweep()),
        ]
        self._sweeps.ask_staff_about_unknown()
        self._announce(moved)
        return recovered + len(moved)
