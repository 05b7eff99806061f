from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.enrollments import RescheduleEnrollment
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.enrollments.changes import (
    ChangeResult,
    RescheduleEnrollmentPayload,
    change_result,
)
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.refusals.values import not_found
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.texts import text_faults


class RescheduleEnrollmentInput(graphene.InputObjectType):
    """A procedure and its new time."""

    enrollment_id = input_field(must(graphene.ID), "The enrollment.")
    procedure_at = input_field(must(DateTime), "The new start of the procedure.")
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


_TEXTS: Final = {"idempotency_key": "idempotencyKey"}


async def _reschedule(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[ChangeResult]:
    given = args["input"]
    faults = text_faults(given, _TEXTS)
    if faults:
        return [ChangeResult(user_errors=faults)]
    number = ids.decode_number("Enrollment", given["enrollment_id"])
    if number is None:
        error = not_found("There is no such enrollment.", "enrollmentId")
        return [ChangeResult(user_errors=[error])]
    command = RescheduleEnrollment(
        scope=request.scope,
        enrollment_id=number,
        procedure_at=given["procedure_at"],
        expected_procedure_at=given.get("expected_procedure_at"),
        whole_visit=given.get("whole_visit") is not False,
        dry_run=given.get("dry_run") is True,
        idempotency_key=given.get("idempotency_key"),
    )
    repeats = None if command.idempotency_key else command_id(request, command)
    reply = await request.calls.enrollments.change(command, command_id=repeats)
    return [change_result(reply)]


reschedule_enrollment = field(
    RescheduleEnrollmentPayload,
    "Move a procedure, and everything that waits with it, or nothing at all. What has begun to "
    "be sent stays as it was; an outdated date that went out is corrected, once a day.",
    Batched(_reschedule, STAFF_UP),
    input=argument(must(RescheduleEnrollmentInput), "The new time."),
)
