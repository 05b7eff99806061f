import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import each, field, must, reads, some
from services.gateway.schema.inbox import resolvers
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import PageInfo
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.scalars.times import DateTime


class InboundMessage(ObjectType, interfaces=(Node,)):
    """What somebody wrote to the clinic, kept as it came."""

    id = field(
        must(graphene.ID),
        "Opaque, unique in the whole service.",
        each(lambda message: ids.encode(resolvers.KIND, message.id), STAFF_UP),
    )
    patient = field(
        Patient,
        "Who wrote it; null for a stranger, and for a number that several patients share.",
        Batched(about.patients_of, STAFF_UP),
    )
    channel = field(must(ChannelEnum), "How it came.", reads("channel", STAFF_UP))
    received_at = field(must(DateTime), "When it came.", reads("received_at", STAFF_UP))
    text = field(graphene.String, "As it was written. Null once purged.", reads("text", STAFF_UP))
    understood_as = field(
        must(graphene.String),
        "The rule that applied: OPT_OUT, MAYBE_OPT_OUT, OPT_IN, HELP; CHECK_IN_GREEN, "
        "CHECK_IN_AMBER, CHECK_IN_RED or CHECK_IN_UNCLEAR for an answer to a check-in, and "
        "CHECK_IN_RED for a red flag that was written unasked; UNREAD where none did.",
        reads("understood_as", STAFF_UP),
    )
    check_in = field(
        "services.gateway.schema.check_ins.types.CheckIn",
        "The check-in that it answers, if one.",
        Batched(about.check_ins_of, STAFF_UP),
    )


class InboundMessageEdge(graphene.ObjectType):
    """A message in a list."""

    cursor = field(
        must(graphene.String), "Where the edge lies in its list.", reads("cursor", STAFF_UP)
    )
    node = field(InboundMessage, "The message.", reads("node", STAFF_UP))


class InboundMessageConnection(graphene.ObjectType):
    """A page of a list of messages."""

    edges = field(
        some(InboundMessageEdge), "The messages with their cursors.", reads("edges", STAFF_UP)
    )
    nodes = field(
        must(graphene.List(InboundMessage)), "The messages alone.", reads("nodes", STAFF_UP)
    )
    page_info = field(
        must(PageInfo), "Where the page lies in the list.", reads("page_info", STAFF_UP)
    )
