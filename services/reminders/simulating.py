"""Puts together what is asked about messages that nobody is sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import Reader
from services.contracts.simulation import SimulatedReminder, SimulateEnrollment
from services.reminders.core.books import Books
from services.reminders.enrollments.usecases.simulate_enrollment import Means, simulate_enrollments


def simulating_readers(
    open_books: Callable[[sa.Connection], Books], means: Means
) -> Mapping[type[Any], Reader]:
    def simulate(
        connection: sa.Connection, asked: Sequence[SimulateEnrollment]
    ) -> list[tuple[SimulatedReminder, ...] | None]:
        return simulate_enrollments(open_books(connection), asked, means)

    return {SimulateEnrollment: simulate}
