import graphene

from services.contracts.enrollments import RecordProcedure
from services.contracts.reminders import Scope
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import InputData
from services.gateway.schema.enrollments.changes import (
    CHANGED_ENROLLMENT,
    RescheduleEnrollmentPayload,
)
from services.gateway.schema.enrollments.enums import ProcedureStateEnum
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.scalars.times import DateTime


class RecordProcedureInput(graphene.InputObjectType):
    """What became of a procedure. `plan` changes the plan where another one was done."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    state = input_field(required(ProcedureStateEnum), "What became of it; PLANNED is refused.")
    ended_at = input_field(DateTime, "When it ended: care counts from then.")
    performed_by = input_field(graphene.String, "Who did it.")
    plan = input_field(graphene.String, "Slug of the plan for what was done instead.")
    dry_run = input_field(
        graphene.Boolean, "Only say what would change; nothing is stored.", default_value=False
    )


def _record(scope: Scope, number: int, data: InputData) -> RecordProcedure:
    return RecordProcedure(
        scope=scope,
        enrollment_id=number,
        state=data["state"],
        ended_at=data.get("ended_at"),
        performed_by=data.get("performed_by"),
        plan=data.get("plan"),
        dry_run=data.get("dry_run") is True,
    )


record_procedure = field(
    RescheduleEnrollmentPayload,
    "Say what became of a procedure. Care goes out once it is PERFORMED, counted from its end; "
    "NO_SHOW and CANCELLED cancel what waits.",
    Batched(CHANGED_ENROLLMENT.resolver(_record, "performed_by", "plan"), STAFF_UP),
    input=argument(required(RecordProcedureInput), "What became of it."),
)
