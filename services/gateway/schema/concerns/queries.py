from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.concerns import resolvers
from services.gateway.schema.concerns.types import Concern, ConcernConnection
from services.gateway.schema.content.arguments import locale_argument, slug_argument
from services.gateway.schema.fields import field
from services.gateway.schema.paging import connection_field


class ConcernQueries:
    concern = field(
        Concern,
        "One concern; null if no concern has this slug.",
        Batched(resolvers.concern_by_slug, PUBLIC),
        slug=slug_argument(),
        locale=locale_argument(),
    )
    concerns = connection_field(
        ConcernConnection,
        "All concerns, by title.",
        Batched(resolvers.concern_list, PUBLIC),
        locale=locale_argument(),
    )
