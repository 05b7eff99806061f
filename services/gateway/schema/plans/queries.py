import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.content.arguments import locale_argument, slug_argument
from services.gateway.schema.fields import argument, field
from services.gateway.schema.plans import resolvers
from services.gateway.schema.plans.types import AftercarePlan


class PlanQueries:
    aftercare_plan = field(
        AftercarePlan,
        "One plan as the catalog has it now, for a clinic's credential with the clinic's own "
        "values; null when there is none of that name and version.",
        Batched(resolvers.plan_by_slug, PUBLIC),
        slug=slug_argument(),
        version=argument(graphene.Int, "Only if this is the version in the catalog."),
        locale=locale_argument(),
    )
