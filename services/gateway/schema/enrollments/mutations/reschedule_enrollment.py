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
    "Move a procedure together with all its waiting reminders, or change nothing. "
    "Messages whose sending has started stay as they are. If a message with the old "
    "date was sent, a correction follows, at most one a day.",
    Batched(CHANGED_ENROLLMENT.resolver(_reschedule, "idempotency_key"), STAFF_UP),
    input=argument(required(RescheduleEnrollmentInput), "The new time."),
)
