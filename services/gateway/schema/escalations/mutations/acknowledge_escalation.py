import graphene

from services.contracts.check_ins import AcknowledgeEscalation, EscalationReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import refused
from services.gateway.schema.escalations.payload import ESCALATION, EscalationPayload
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.inputs import invalid


class AcknowledgeEscalationInput(graphene.InputObjectType):
    """An escalation to acknowledge."""

    escalation_id = input_field(required(graphene.ID), "The escalation.")
    by = input_field(
        graphene.String, "Who acknowledges it; only for a credential that names no person."
    )


async def _acknowledge(args: Args, request: GatewayRequest) -> EscalationReply:
    """Refuse `by` with a personal key, which already says who acknowledges."""
    data = args["input"]
    if request.viewer.person is not None and data.get("by") is not None:
        message = "Leave `by` out: this key is one person's, by whose name it is acknowledged."
        return refused(AcknowledgeEscalation, [invalid(message, "by")])
    return await ESCALATION.send(AcknowledgeEscalation, data, request, "by")


acknowledge_escalation = field(
    EscalationPayload,
    "Acknowledge an escalation, which stops further alerts. The first acknowledgment counts.",
    at_root(_acknowledge, STAFF_UP),
    input=argument(required(AcknowledgeEscalationInput), "The escalation."),
)
