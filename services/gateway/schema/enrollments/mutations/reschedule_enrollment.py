import graphene

from services.contracts.enrollments import RescheduleEnrollment
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.changes import RescheduleEnrollmentPayload
from services.gateway.schema.enrollments.payload import ENROLLMENT
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.scalars import DateTime


class RescheduleEnrollmentInput(graphene.InputObjectType):
    """A procedure and its new time."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    procedure_at = input_field(required(DateTime), "The new start of the procedure.")
    expected_procedure_at = input_field(
        DateTime,
        "The start time you last saw. The mutation is refused as STALE if the procedure "
        "was moved since.",
    )
    whole_visit = input_field(
        graphene.Boolean, "Move all procedures of the visit by the same amount.", default_value=True
    )
    dry_run = input_field(
        graphene.Boolean, "Only report what would change, without storing it.", default_value=False
    )
    idempotency_key = input_field(
        graphene.String, "Send the same key to repeat the request safely: the procedure moves once."
    )


reschedule_enrollment = field(
    RescheduleEnrollmentPayload,
    "Move a procedure together with all its waiting reminders, or change nothing. "
    "Messages whose sending has started stay as they are. If a message with the old "
    "date was sent, a correction follows, at most one a day.",
    ENROLLMENT.mutation(RescheduleEnrollment, STAFF_UP, "idempotency_key"),
    input=argument(required(RescheduleEnrollmentInput), "The new time."),
)
