import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.concerns import resolvers
from services.gateway.schema.content.enums import EvidenceLevelEnum
from services.gateway.schema.content.types import Content
from services.gateway.schema.fields import argument, attribute, field, list_of, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_field, connection_type


class Concern(ObjectType, interfaces=(Node, Content)):
    """A skin concern that people want treated."""

    aliases = field(list_of(graphene.String), "Other names for it.", attribute("entry.aliases"))
    procedures = connection_field(
        required("services.gateway.schema.procedures.types.ProcedureConnection"),
        "Procedures that treat it, best supported first.",
        Batched(resolvers.procedures_for, PUBLIC),
        minimum_evidence=argument(
            EvidenceLevelEnum, "Leave out entries with weaker evidence than this."
        ),
    )


ConcernConnection = connection_type(Concern, "concern", is_counted=True)
