"""What mutations of escalations answer."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import graphene

from services.contracts.check_ins import EscalationRecord, EscalationReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Subject
from services.gateway.schema.escalations.resolvers import KIND
from services.gateway.schema.escalations.types import Escalation
from services.gateway.schema.fields import field, reads, some
from services.gateway.schema.refusals.types import UserError
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.refusals.values import user_errors


@dataclasses.dataclass(frozen=True, slots=True)
class EscalationResult:
    escalation: EscalationRecord | None = None
    user_errors: Sequence[Refused] = ()


class EscalationPayload(graphene.ObjectType):
    """What became of a mutation of an escalation."""

    escalation = field(
        Escalation,
        "The escalation as it is now; null when refused.",
        reads("escalation", STAFF_UP),
    )
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", STAFF_UP)
    )


def _result(reply: EscalationReply, _request: GatewayRequest) -> EscalationResult:
    return EscalationResult(reply.escalation, user_errors(reply.refusals, KIND))


ESCALATION: Final = Subject(
    KIND, "escalation", _result, lambda errors: EscalationResult(user_errors=errors)
)
