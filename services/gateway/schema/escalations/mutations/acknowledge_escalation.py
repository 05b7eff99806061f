from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.check_ins import AcknowledgeEscalation
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.escalations.payload import (
    EscalationPayload,
    EscalationResult,
    nothing_there,
    result_of,
)
from services.gateway.schema.escalations.resolvers import KIND
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.refusals.values import invalid
from services.gateway.schema.texts import text_faults


class AcknowledgeEscalationInput(graphene.InputObjectType):
    """An escalation that a person takes."""

    escalation_id = input_field(must(graphene.ID), "The escalation.")
    by = input_field(graphene.String, "Who; only where the credential names no person.")


_TEXTS: Final = {"by": "by"}


async def _acknowledge(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[EscalationResult]:
    given = args["input"]
    faults = text_faults(given, _TEXTS)
    if faults:
        return [EscalationResult(user_errors=faults)]
    if request.viewer.person is not None and given.get("by") is not None:
        message = "Leave `by` out: this key is one person's, by whose name it is acknowledged."
        return [EscalationResult(user_errors=[invalid(message, "by")])]
    escalation_id = ids.decode_number(KIND, given["escalation_id"])
    if escalation_id is None:
        return [nothing_there()]
    command = AcknowledgeEscalation(
        scope=request.scope, escalation_id=escalation_id, by=given.get("by")
    )
    reply = await request.calls.check_ins.acknowledge_escalation(
        command, command_id=command_id(request, command)
    )
    return [result_of(reply)]


acknowledge_escalation = field(
    EscalationPayload,
    "Take an escalation: nobody else is alerted. Twice, the first stands.",
    Batched(_acknowledge, STAFF_UP),
    input=argument(must(AcknowledgeEscalationInput), "The escalation."),
)
