import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.check_ins.enums import CheckInLevelEnum
from services.gateway.schema.escalations.resolvers import escalations_asked_for
from services.gateway.schema.escalations.types import EscalationConnection
from services.gateway.schema.fields import argument, field, must
from services.gateway.schema.paging import after_argument, first_argument


class EscalationQueries:
    escalations = field(
        EscalationConnection,
        "Who may need help: RED first, then the oldest.",
        Batched(escalations_asked_for, STAFF_UP),
        first=first_argument(default_value=20),
        after=after_argument(),
        open=argument(
            graphene.Boolean,
            "Open ones (true), resolved ones (false), or all (null).",
            default_value=True,
        ),
        level=argument(graphene.List(must(CheckInLevelEnum)), "Any of these."),
        patient_id=argument(graphene.ID, "About this patient."),
    )
