import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.concerns import resolvers
from services.gateway.schema.content.enums import EvidenceLevelEnum
from services.gateway.schema.content.types import Content
from services.gateway.schema.fields import argument, each, field, must, reads, some
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import PageInfo, after_argument, first_argument


class Concern(ObjectType, interfaces=(Node, Content)):
    """Something about the skin that people want treated."""

    aliases = field(some(graphene.String), "Other names for it.", reads("entry.aliases"))
    procedures = field(
        must("services.gateway.schema.procedures.types.ProcedureConnection"),
        "Procedures that treat it, best supported first.",
        Batched(resolvers.procedures_for, PUBLIC),
        first=first_argument(default_value=20),
        after=after_argument(),
        minimum_evidence=argument(EvidenceLevelEnum, "Leave out what is supported less well."),
    )


class ConcernEdge(graphene.ObjectType):
    """A concern in a list."""

    cursor = field(must(graphene.String), "Where the edge lies in its list.")
    node = field(must(Concern), "The concern.")


class ConcernConnection(graphene.ObjectType):
    """A page of a list of concerns."""

    edges = field(some(ConcernEdge), "The concerns with their cursors.")
    nodes = field(some(Concern), "The concerns alone.")
    page_info = field(must(PageInfo), "Where the page lies in the list.")
    total_count = field(
        must(graphene.Int), "How many there are in the whole list.", each(lambda page: page.count())
    )
