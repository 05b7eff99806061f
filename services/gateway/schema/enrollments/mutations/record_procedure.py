from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.enrollments import RecordProcedure
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
from services.gateway.schema.enrollments.enums import ProcedureStateEnum
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.refusals.values import not_found
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.texts import text_faults


class RecordProcedureInput(graphene.InputObjectType):
    """What became of a procedure. `plan` changes the plan where another one was done."""

    enrollment_id = input_field(must(graphene.ID), "The enrollment.")
    state = input_field(must(ProcedureStateEnum), "What became of it; PLANNED is refused.")
    ended_at = input_field(DateTime, "When it ended: care counts from then.")
    performed_by = input_field(graphene.String, "Who did it.")
    plan = input_field(graphene.String, "Slug of the plan for what was done instead.")
    dry_run = input_field(
        graphene.Boolean, "Only say what would change; nothing is stored.", default_value=False
    )


_TEXTS: Final = {"performed_by": "performedBy", "plan": "plan"}


async def _record(
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
    command = RecordProcedure(
        scope=request.scope,
        enrollment_id=number,
        state=given["state"],
        ended_at=given.get("ended_at"),
        performed_by=given.get("performed_by"),
        plan=given.get("plan"),
        dry_run=given.get("dry_run") is True,
    )
    reply = await request.calls.enrollments.change(command, command_id=command_id(request, command))
    return [change_result(reply)]


record_procedure = field(
    RescheduleEnrollmentPayload,
    "Say what became of a procedure. Care goes out once it is PERFORMED, counted from its end; "
    "NO_SHOW and CANCELLED cancel what waits.",
    Batched(_record, STAFF_UP),
    input=argument(must(RecordProcedureInput), "What became of it."),
)
