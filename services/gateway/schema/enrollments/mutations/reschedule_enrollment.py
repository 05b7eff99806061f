import graphene

from services.contracts.enrollments import RescheduleEnrollment
from services.contracts.reminders import Scope
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import InputData
from services.gateway.schema.enrollments.changes import (
    CHANGED_ENROLLMENT,
    RescheduleEnrollmentPayload,
)
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.scalars.times import DateTime


class RescheduleEnrollmentInput(graphene.InputObjectType):
    """A procedure and its new time."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    procedure_at = input_field(required(DateTime), "The new start of the procedure.")
    expected_procedure_at = input_field(
        DateTime, "The start as you know it: STALE when somebody has moved it meanwhile."
    )
    whole_visit = input_field(
        graphene.Boolean, "Move all procedures of the visit, by as much.", default_value=True
    )
    dry_run = input_field(
        graphene.Boolean, "Only say what would change; nothing is stored.", default_value=False
    )
    idempotency_key = input_field(
        graphene.String, "Repeat it to repeat the request: the procedure moves once."
    )


def _reschedule(scope: Scope, number: int, data: InputData) -> RescheduleEnrollment:
    return RescheduleEnrollment(
        scope=scope,
        enrollment_id=number,
        procedure_at=data["procedure_at"],
        expected_procedure_at=data.get("expected_procedure_at"),
        whole_visit=data.get("whole_visit") is not False,
        dry_run=data.get("dry_run") is True,
        idempotency_key=data.get("idempotency_key"),
    )


reschedule_enrollment = field(
    RescheduleEnrollmentPayload,
    "Move a procedure, and everything that waits with it, or nothing at all. What has begun to "
    "be sent stays as it was; an outdated date that went out is corrected, once a day.",
    Batched(CHANGED_ENROLLMENT.resolver(_reschedule, "idempotency_key"), STAFF_UP),
    input=argument(required(RescheduleEnrollmentInput), "The new time."),
)
