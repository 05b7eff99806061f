import graphene

from services.contracts.enrollments import RecordProcedure
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.changes import RescheduleEnrollmentPayload
from services.gateway.schema.enrollments.payload import ENROLLMENT
from services.gateway.schema.enrollments.types import ProcedureStateEnum
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.scalars import DateTime


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


record_procedure = field(
    RescheduleEnrollmentPayload,
    "Record the outcome of a procedure. Care messages are sent after it is PERFORMED, "
    "timed from its end. NO_SHOW and CANCELLED cancel the reminders that are waiting.",
    ENROLLMENT.mutation(RecordProcedure, STAFF_UP, "performed_by", "plan"),
    input=argument(required(RecordProcedureInput), "The outcome."),
)
