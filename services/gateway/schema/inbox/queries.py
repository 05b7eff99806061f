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
        "Messages from patients, newest first.",
        Batched(inbox_asked_for, STAFF_UP),
        patient_id=argument(graphene.ID, "Of this patient."),
        unmatched=argument(
            graphene.Boolean,
            "Only messages that match no single patient (true), or only those that do (false).",
        ),
    )
