import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import attribute, field, mapped, required
from services.gateway.schema.inbox import resolvers
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_type
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.scalars.times import DateTime


class InboundMessage(ObjectType, interfaces=(Node,)):
    """A message to the clinic, stored as received."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda message: ids.encode(resolvers.KIND, message.id), STAFF_UP),
    )
    patient = field(
        Patient,
        "Who wrote it; null for an unknown sender, and for a number that several patients share.",
        Batched(about.patients_of, STAFF_UP),
    )
    channel = field(
        required(ChannelEnum), "The channel on which it arrived.", attribute("channel", STAFF_UP)
    )
    received_at = field(required(DateTime), "When it arrived.", attribute("received_at", STAFF_UP))
    text = field(
        graphene.String, "The original text; null if it was purged.", attribute("text", STAFF_UP)
    )
    understood_as = field(
        required(graphene.String),
        "The rule that applied: OPT_OUT, MAYBE_OPT_OUT, OPT_IN or HELP; CHECK_IN_GREEN, "
        "CHECK_IN_AMBER, CHECK_IN_RED or CHECK_IN_UNCLEAR for an answer to a check-in; "
        "CHECK_IN_RED also for an unprompted red flag; UNREAD if no rule applied.",
        attribute("understood_as", STAFF_UP),
    )
    check_in = field(
        "services.gateway.schema.check_ins.types.CheckIn",
        "The check-in that it answers, if any.",
        Batched(about.check_ins_of, STAFF_UP),
    )


InboundMessageConnection = connection_type(InboundMessage, "message", STAFF_UP)
