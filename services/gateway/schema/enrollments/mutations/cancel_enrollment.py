import graphene

from services.contracts.reminders import CancelEnrollment, Scope
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import InputData
from services.gateway.schema.enrollments.payload import ENROLLMENT, EnrollmentPayload
from services.gateway.schema.fields import argument, field, input_field, required


class CancelEnrollmentInput(graphene.InputObjectType):
    """An enrollment to cancel."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    reason = input_field(graphene.String, "Why.")


def _cancel(scope: Scope, number: int, data: InputData) -> CancelEnrollment:
    return CancelEnrollment(scope=scope, enrollment_id=number, reason=data.get("reason"))


cancel_enrollment = field(
    EnrollmentPayload,
    "Cancel an enrollment. Messages whose sending has not started are not sent. "
    "Cancelling twice changes nothing.",
    Batched(ENROLLMENT.resolver(_cancel, "reason"), STAFF_UP),
    input=argument(required(CancelEnrollmentInput), "The enrollment."),
)
