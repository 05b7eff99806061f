from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.content.arguments import locale_argument, slug_argument
from services.gateway.schema.fields import argument, field
from services.gateway.schema.paging import connection_field
from services.gateway.schema.procedures import resolvers
from services.gateway.schema.procedures.enums import ProcedureSortEnum
from services.gateway.schema.procedures.types import (
    Procedure,
    ProcedureConnection,
    ProcedureFilter,
)
from services.gateway.snapshot.listing import ProcedureSort


class ProcedureQueries:
    procedure = field(
        Procedure,
        "One procedure; null if no procedure has this slug.",
        Batched(resolvers.procedure_by_slug, PUBLIC),
        slug=slug_argument(),
        locale=locale_argument(),
    )
    procedures = connection_field(
        ProcedureConnection,
        "All procedures, filtered and sorted.",
        Batched(resolvers.procedure_list, PUBLIC),
        filter=argument(ProcedureFilter, "Filters for the list."),
        sort=argument(ProcedureSortEnum, "The sort order.", default_value=ProcedureSort.TITLE),
        locale=locale_argument(),
    )
