from services.contracts.enrollments import PauseEnrollment
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.payload import (
    ENROLLMENT,
    EnrollmentInput,
    EnrollmentPayload,
)
from services.gateway.schema.fields import argument, field, required

pause_enrollment = field(
    EnrollmentPayload,
    "Pause an enrollment. Messages whose sending has not started are held back. "
    "Pausing twice changes nothing.",
    ENROLLMENT.mutation(PauseEnrollment, STAFF_UP),
    input=argument(required(EnrollmentInput), "The enrollment."),
)
