import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.check_ins.enums import CheckInLevelEnum
from services.gateway.schema.escalations.resolvers import escalations_asked_for
from services.gateway.schema.escalations.types import EscalationConnection
from services.gateway.schema.fields import argument, required
from services.gateway.schema.paging import connection_field


class EscalationQueries:
    escalations = connection_field(
        EscalationConnection,
        "Patients who may need help: RED first, then oldest first.",
        Batched(escalations_asked_for, STAFF_UP),
        open=argument(
            graphene.Boolean,
            "Open ones (true), resolved ones (false), or all (null).",
            default_value=True,
        ),
        level=argument(graphene.List(required(CheckInLevelEnum)), "Any of these."),
        patient_id=argument(graphene.ID, "About this patient."),
    )
