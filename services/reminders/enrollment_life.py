"""Puts together what becomes of enrollments, and of single reminders."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from services.chassis.answer import CommandContext, Commander
from services.chassis.vault import Vault
from services.contracts import enrollments as asks
from services.reminders.domain.message_text import Renderer
from services.reminders.storage.enrollment_life import EnrollmentLifeTable
from services.reminders.usecases.books import Books
from services.reminders.usecases.enroll_patient import PlanSource
from services.reminders.usecases.pause_enrollment import pause_enrollment, resume_enrollment
from services.reminders.usecases.record_procedure import record_procedure
from services.reminders.usecases.reschedule_enrollment import reschedule_enrollment

Q = TypeVar("Q")
R = TypeVar("R")


class OpenBooks(Protocol):
    def __call__(
        self, connection: sa.Connection, context: CommandContext | None = None
    ) -> Books: ...


def enrollment_commanders(
    books: OpenBooks, vault: Vault, source: PlanSource, renderer: Renderer
) -> Mapping[type[Any], Commander]:
    def commander(act: Callable[[Books, EnrollmentLifeTable, Q], R]) -> Commander:
        return lambda connection, command, context: act(
            books(connection, context), EnrollmentLifeTable(connection, vault), command
        )

    return {
        asks.RescheduleEnrollment: commander(partial(reschedule_enrollment, renderer=renderer)),
        asks.RecordProcedure: commander(
            partial(record_procedure, source=source, renderer=renderer)
        ),
        asks.PauseEnrollment: commander(pause_enrollment),
        asks.ResumeEnrollment: commander(resume_enrollment),
    }
