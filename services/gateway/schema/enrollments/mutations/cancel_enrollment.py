from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.reminders import CancelEnrollment
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.enrollments.payload import (
    EnrollmentPayload,
    EnrollmentResult,
    result_of,
)
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.refusals.values import not_found
from services.gateway.schema.texts import text_faults


class CancelEnrollmentInput(graphene.InputObjectType):
    """An enrollment to end."""

    enrollment_id = input_field(must(graphene.ID), "The enrollment.")
    reason = input_field(graphene.String, "Why.")


_TEXTS: Final = {"reason": "reason"}


async def _cancel(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[EnrollmentResult]:
    given = args["input"]
    faults = text_faults(given, _TEXTS)
    if faults:
        return [EnrollmentResult(user_errors=faults)]
    enrollment_id = ids.decode_number("Enrollment", given["enrollment_id"])
    if enrollment_id is None:
        error = not_found("There is no such enrollment.", "enrollmentId")
        return [EnrollmentResult(user_errors=[error])]
    command = CancelEnrollment(
        scope=request.scope, enrollment_id=enrollment_id, reason=given.get("reason")
    )
    reply = await request.calls.reminders.cancel_enrollment(
        command, command_id=command_id(request, command)
    )
    return [result_of(reply)]


cancel_enrollment = field(
    EnrollmentPayload,
    "End an enrollment: what has not begun to be sent is not sent. Cancelling twice changes "
    "nothing.",
    Batched(_cancel, STAFF_UP),
    input=argument(must(CancelEnrollmentInput), "The enrollment."),
)
