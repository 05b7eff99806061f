"""Plans of the catalog, and a clinic's own."""

from collections.abc import Awaitable

import graphene

from services.contracts.content import GetClinicPlan
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog.content import locale_argument, slug_argument
from services.gateway.schema.catalog.edition import edition_for
from services.gateway.schema.catalog.plans.types import AftercarePlan, LocalizedPlan
from services.gateway.schema.fields import Args, argument, at_root, field
from services.gateway.snapshot.snapshot import Edition


def plan_by_slug(
    args: Args, request: GatewayRequest
) -> LocalizedPlan | Awaitable[LocalizedPlan] | None:
    """Return the catalog's plan from memory; for a clinic, ask content for the clinic's own."""
    edition = edition_for(request, args)
    plan = edition.plans.get(args["slug"])
    if plan is None or args.get("version") not in {None, plan.entry.version}:
        return None
    is_public = request.viewer.clinic_id is None
    return plan if is_public else plan_of_clinic(plan.entry.slug, edition, request)


async def plan_of_clinic(slug: str, edition: Edition, request: GatewayRequest) -> LocalizedPlan:
    """Return a plan of the catalog with the values of the viewer's clinic.

    Raises FieldRefused, CATALOG_UNAVAILABLE, while a release is being replaced: one response reads
    one release only.
    """
    clinic_id = request.viewer.clinic_id
    base = edition.plans[slug]
    if clinic_id is None:
        return base
    clinic_plan = await request.client.ask(
        GetClinicPlan(clinic_id=clinic_id, slug=slug, locale=edition.locale)
    )
    if clinic_plan is None or clinic_plan.release != edition.info.version:
        raise FieldRefused(
            "CATALOG_UNAVAILABLE", "The catalog is being replaced. Try again in a few seconds."
        )
    return edition.localize(clinic_plan.plan) if clinic_plan.plan.overlay_version else base


class PlanQueries:
    aftercare_plan = field(
        AftercarePlan,
        "One plan of the current catalog; with a clinic's credential, including the "
        "clinic's own values. Null if no plan has this slug and version.",
        at_root(plan_by_slug),
        slug=slug_argument(),
        version=argument(graphene.Int, "Return the plan only if the catalog has this version."),
        locale=locale_argument(),
    )
