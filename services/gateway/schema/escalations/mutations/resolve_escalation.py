from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.check_ins import ResolveEscalation
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.escalations.enums import EscalationOutcomeEnum
from services.gateway.schema.escalations.payload import (
    EscalationPayload,
    EscalationResult,
    nothing_there,
    result_of,
)
from services.gateway.schema.escalations.resolvers import KIND
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.texts import text_faults


class ResolveEscalationInput(graphene.InputObjectType):
    """How an escalation ended."""

    escalation_id = input_field(must(graphene.ID), "The escalation.")
    outcome = input_field(must(EscalationOutcomeEnum), "How it ended.")
    note = input_field(graphene.String, "What came of it.")


_TEXTS: Final = {"note": "note"}


async def _resolve(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[EscalationResult]:
    given = args["input"]
    faults = text_faults(given, _TEXTS)
    if faults:
        return [EscalationResult(user_errors=faults)]
    escalation_id = ids.decode_number(KIND, given["escalation_id"])
    if escalation_id is None:
        return [nothing_there()]
    command = ResolveEscalation(
        scope=request.scope,
        escalation_id=escalation_id,
        outcome=given["outcome"],
        note=given.get("note"),
    )
    reply = await request.calls.check_ins.resolve_escalation(
        command, command_id=command_id(request, command)
    )
    return [result_of(reply)]


resolve_escalation = field(
    EscalationPayload,
    "Close an escalation with how it ended; a RED one needs a clinician's or administrator's key.",
    Batched(_resolve, STAFF_UP),
    input=argument(must(ResolveEscalationInput), "How it ended."),
)
