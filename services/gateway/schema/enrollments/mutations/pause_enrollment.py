"""Pausing an enrollment, and letting it go on."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import graphene

from services.contracts.enrollments import PauseEnrollment, ResumeEnrollment
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


class EnrollmentInput(graphene.InputObjectType):
    """An enrollment."""

    enrollment_id = input_field(must(graphene.ID), "The enrollment.")


Act = type[PauseEnrollment] | type[ResumeEnrollment]
Resolve = Callable[
    [Sequence[object], Mapping[str, Any], GatewayRequest], Awaitable[list[EnrollmentResult]]
]


def _does(act: Act) -> Resolve:
    async def resolve(
        _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
    ) -> list[EnrollmentResult]:
        number = ids.decode_number("Enrollment", args["input"]["enrollment_id"])
        if number is None:
            error = not_found("There is no such enrollment.", "enrollmentId")
            return [EnrollmentResult(user_errors=[error])]
        command = act(scope=request.scope, enrollment_id=number)
        reply = await request.calls.enrollments.hold_or_go_on(
            command, command_id=command_id(request, command)
        )
        return [result_of(reply)]

    return resolve


pause_enrollment = field(
    EnrollmentPayload,
    "Keep back what has not begun to be sent. Pausing twice changes nothing.",
    Batched(_does(PauseEnrollment), STAFF_UP),
    input=argument(must(EnrollmentInput), "The enrollment."),
)
resume_enrollment = field(
    EnrollmentPayload,
    "Go on. What the pause made late is sent, or not, as its step says; the warnings name it.",
    Batched(_does(ResumeEnrollment), STAFF_UP),
    input=argument(must(EnrollmentInput), "The enrollment."),
)
