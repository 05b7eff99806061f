import graphene

from services.contracts.reminders import CancelEnrollment
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.payload import ENROLLMENT, EnrollmentPayload
from services.gateway.schema.fields import argument, field, input_field, required


class CancelEnrollmentInput(graphene.InputObjectType):
    """An enrollment to cancel."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    reason = input_field(graphene.String, "Why.")


cancel_enrollment = field(
    EnrollmentPayload,
    "Cancel an enrollment. Messages whose sending has not started are not sent. "
    "Cancelling twice changes nothing.",
    ENROLLMENT.mutation(CancelEnrollment, STAFF_UP, "reason"),
    input=argument(required(CancelEnrollmentInput), "The enrollment."),
)
