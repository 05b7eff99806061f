import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field
from services.gateway.schema.inbox.resolvers import inbox_asked_for
from services.gateway.schema.inbox.types import InboundMessageConnection
from services.gateway.schema.paging import after_argument, first_argument


class InboxQueries:
    inbox = field(
        InboundMessageConnection,
        "What patients wrote, newest first.",
        Batched(inbox_asked_for, STAFF_UP),
        first=first_argument(default_value=20),
        after=after_argument(),
        patient_id=argument(graphene.ID, "Of this patient."),
        unmatched=argument(
            graphene.Boolean, "Only those of no one patient (true), or only of one (false)."
        ),
    )
