"""Puts together what is asked about messages that nobody is sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import QueryHandler
from services.contracts.simulation import SimulatedReminder, SimulateEnrollment
from services.reminders.enrollments.usecases.simulate_enrollment import (
    SimulationDeps,
    simulate_enrollments,
)
from services.reminders.unit_of_work import RemindersUnitOfWork


def simulating_readers(
    open_uow: Callable[[sa.Connection], RemindersUnitOfWork], means: SimulationDeps
) -> Mapping[type[Any], QueryHandler]:
    def simulate(
        connection: sa.Connection, asked: Sequence[SimulateEnrollment]
    ) -> list[tuple[SimulatedReminder, ...] | None]:
        return simulate_enrollments(open_uow(connection), asked, means)

    return {SimulateEnrollment: simulate}
