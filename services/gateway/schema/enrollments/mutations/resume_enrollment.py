from services.contracts.enrollments import ResumeEnrollment
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.payload import (
    ENROLLMENT,
    EnrollmentInput,
    EnrollmentPayload,
)
from services.gateway.schema.fields import argument, field, required

resume_enrollment = field(
    EnrollmentPayload,
    "Resume an enrollment. Whether a message that became late is still sent depends "
    "on its step; the warnings list them.",
    ENROLLMENT.mutation(ResumeEnrollment, STAFF_UP),
    input=argument(required(EnrollmentInput), "The enrollment."),
)
