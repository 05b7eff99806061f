import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument
from services.gateway.schema.inbox.resolvers import inbox_asked_for
from services.gateway.schema.inbox.types import InboundMessageConnection
from services.gateway.schema.paging import connection_field


class InboxQueries:
    inbox = connection_field(
        InboundMessageConnection,
        "What patients wrote, newest first.",
        Batched(inbox_asked_for, STAFF_UP),
        patient_id=argument(graphene.ID, "Of this patient."),
        unmatched=argument(
            graphene.Boolean, "Only those of no one patient (true), or only of one (false)."
        ),
    )
