"""The payload of mutations of escalations."""

from typing import Final

from services.contracts.check_ins import EscalationReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import EntityMutation
from services.gateway.schema.escalations.resolvers import KIND
from services.gateway.schema.escalations.types import Escalation
from services.gateway.schema.payloads import Result, record_payload
from services.gateway.schema.refusals.values import user_errors

EscalationPayload = record_payload(
    Escalation, "escalation", "The updated escalation; null if refused.", STAFF_UP
)


def _result(reply: EscalationReply, _request: GatewayRequest) -> object:
    return Result(reply.escalation, user_errors(reply.refusals, KIND))


ESCALATION: Final = EntityMutation(KIND, "escalation", _result)
