from services.contracts.enrollments import PauseEnrollment
from services.contracts.reminders import Scope
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import InputData
from services.gateway.schema.enrollments.payload import (
    ENROLLMENT,
    EnrollmentInput,
    EnrollmentPayload,
)
from services.gateway.schema.fields import argument, field, required


def _pause(scope: Scope, number: int, _data: InputData) -> PauseEnrollment:
    return PauseEnrollment(scope=scope, enrollment_id=number)


pause_enrollment = field(
    EnrollmentPayload,
    "Pause an enrollment. Messages whose sending has not started are held back. "
    "Pausing twice changes nothing.",
    Batched(ENROLLMENT.resolver(_pause), STAFF_UP),
    input=argument(required(EnrollmentInput), "The enrollment."),
)
