"""What mutations of escalations share."""

from typing import Final

from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Entity
from services.gateway.schema.escalations.types import Escalation
from services.gateway.schema.payloads import record_payload

EscalationPayload = record_payload(
    Escalation, "escalation", "The updated escalation; null if refused.", STAFF_UP
)

ESCALATION: Final = Entity("Escalation", "escalation")
