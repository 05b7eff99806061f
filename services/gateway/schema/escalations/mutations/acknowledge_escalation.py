from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.check_ins import AcknowledgeEscalation
from services.contracts.reminders import Scope
from services.gateway.execution.batched import Batched, Values
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import InputData
from services.gateway.schema.escalations.payload import ESCALATION, EscalationPayload
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.refusals.values import invalid


class AcknowledgeEscalationInput(graphene.InputObjectType):
    """An escalation to acknowledge."""

    escalation_id = input_field(required(graphene.ID), "The escalation.")
    by = input_field(
        graphene.String, "Who acknowledges it; only for a credential that names no person."
    )


def _acknowledge(scope: Scope, number: int, data: InputData) -> AcknowledgeEscalation:
    return AcknowledgeEscalation(scope=scope, escalation_id=number, by=data.get("by"))


_resolve: Final = ESCALATION.resolver(_acknowledge, "by")


def _acknowledge_by_name(
    roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> Values | Awaitable[Values]:
    """Refuse `by` with a personal key, which already says who acknowledges."""
    if request.viewer.person is None or args["input"].get("by") is None:
        return _resolve(roots, args, request)
    message = "Leave `by` out: this key is one person's, by whose name it is acknowledged."
    return [ESCALATION.refused([invalid(message, "by")])]


acknowledge_escalation = field(
    EscalationPayload,
    "Acknowledge an escalation, which stops further alerts. The first acknowledgment counts.",
    Batched(_acknowledge_by_name, STAFF_UP),
    input=argument(required(AcknowledgeEscalationInput), "The escalation."),
)
