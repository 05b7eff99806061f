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
    """The outcome of a procedure. `plan` changes the plan if another procedure was performed."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    state = input_field(required(ProcedureStateEnum), "The outcome; PLANNED is refused.")
    ended_at = input_field(DateTime, "When the procedure ended; care steps are timed from then.")
    performed_by = input_field(graphene.String, "Who performed the procedure.")
    plan = input_field(
        graphene.String, "Slug of the plan for the procedure that was performed instead."
    )
    dry_run = input_field(
        graphene.Boolean, "Only report what would change, without storing it.", default_value=False
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
    "Record the outcome of a procedure. Care messages are sent after it is PERFORMED, "
    "timed from its end. NO_SHOW and CANCELLED cancel the reminders that are waiting.",
    Batched(CHANGED_ENROLLMENT.resolver(_record, "performed_by", "plan"), STAFF_UP),
    input=argument(required(RecordProcedureInput), "The outcome."),
)
