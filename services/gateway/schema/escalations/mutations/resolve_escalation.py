import graphene

from services.contracts.check_ins import ResolveEscalation
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.escalations.payload import ESCALATION, EscalationPayload
from services.gateway.schema.escalations.types import EscalationOutcomeEnum
from services.gateway.schema.fields import argument, field, input_field, required


class ResolveEscalationInput(graphene.InputObjectType):
    """How an escalation ended."""

    escalation_id = input_field(required(graphene.ID), "The escalation.")
    outcome = input_field(required(EscalationOutcomeEnum), "How it ended.")
    note = input_field(graphene.String, "A note on the outcome.")


resolve_escalation = field(
    EscalationPayload,
    "Close an escalation and record its outcome. A RED one needs the key of a "
    "clinician or an administrator.",
    ESCALATION.mutation(ResolveEscalation, STAFF_UP, "note"),
    input=argument(required(ResolveEscalationInput), "How it ended."),
)
