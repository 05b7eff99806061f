import graphene

from services.contracts.check_ins import AcknowledgeEscalation
from services.contracts.reminders import Scope
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Given
from services.gateway.schema.escalations.payload import ESCALATION, EscalationPayload
from services.gateway.schema.fields import argument, field, input_field, must


class AcknowledgeEscalationInput(graphene.InputObjectType):
    """An escalation that a person takes."""

    escalation_id = input_field(must(graphene.ID), "The escalation.")
    by = input_field(graphene.String, "Who; only where the credential names no person.")


def _acknowledge(scope: Scope, number: int, given: Given) -> AcknowledgeEscalation:
    return AcknowledgeEscalation(scope=scope, escalation_id=number, by=given.get("by"))


acknowledge_escalation = field(
    EscalationPayload,
    "Take an escalation: nobody else is alerted. Twice, the first stands.",
    Batched(ESCALATION.does(_acknowledge, "by"), STAFF_UP),
    input=argument(must(AcknowledgeEscalationInput), "The escalation."),
)
