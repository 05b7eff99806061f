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
        "One plan of the current catalog; with a clinic's credential, including the "
        "clinic's own values. Null if no plan has this slug and version.",
        Batched(resolvers.plan_by_slug, PUBLIC),
        slug=slug_argument(),
        version=argument(graphene.Int, "Return the plan only if the catalog has this version."),
        locale=locale_argument(),
    )
