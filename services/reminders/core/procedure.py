"""What a step has to do with the procedure it goes with."""

from datetime import datetime

from services.contracts.catalog import AftercareStep, StepKind
from services.contracts.words import ProcedureState


def follows_procedure(step: AftercareStep) -> bool:
    """Whether a step is for skin that was treated: counted from the end, or on day 0 or later.

    Preparation is not, even on the morning of the day itself.
    """
    if step.kind is StepKind.PREPARE:
        return False
    if step.after is not None:
        return not step.after.startswith("-")
    return step.day is not None and step.day >= 0


def is_unconfirmed(state: ProcedureState, procedure_at: datetime, now: datetime) -> bool:
    """Whether a procedure's time has passed and nobody has said what became of it."""
    return state is ProcedureState.PLANNED and procedure_at <= now
