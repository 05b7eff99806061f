"""What may happen to an enrollment, and which steps depend on its procedure."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from services.contracts.catalog import AftercareStep, StepKind
from services.contracts.words import EnrollmentStatus, ProcedureState

RUNNING: Final = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
"""The states of an enrollment that has not ended."""


class Procedure(Protocol):
    """When a procedure takes place. Its end may be unknown."""

    @property
    def procedure_at(self) -> datetime: ...
    @property
    def procedure_ended_at(self) -> datetime | None: ...


class EventKind(StrEnum):
    """A change of an enrollment after it was made."""

    RESCHEDULED = "RESCHEDULED"
    RECORDED = "RECORDED"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    MIGRATED = "MIGRATED"


def follows_procedure(step: AftercareStep) -> bool:
    """Whether a step is for treated skin: counted from the procedure's end, or on day 0 or later.

    Preparation is not, even on the morning of the procedure.
    """
    if step.kind is StepKind.PREPARE:
        return False
    if step.after is not None:
        return not step.after.startswith("-")
    return step.day is not None and step.day >= 0


def is_unconfirmed(state: ProcedureState, procedure_at: datetime, now: datetime) -> bool:
    """Whether a procedure's time has passed and nobody has recorded whether it took place."""
    return state is ProcedureState.PLANNED and procedure_at <= now
