from services.contracts.enrollments import ResumeEnrollment
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


def _resume(scope: Scope, number: int, _data: InputData) -> ResumeEnrollment:
    return ResumeEnrollment(scope=scope, enrollment_id=number)


resume_enrollment = field(
    EnrollmentPayload,
    "Resume an enrollment. Whether a message that became late is still sent depends "
    "on its step; the warnings list them.",
    Batched(ENROLLMENT.resolver(_resume), STAFF_UP),
    input=argument(required(EnrollmentInput), "The enrollment."),
)
