from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from services.contracts import catalog
from services.contracts.content import FindReviews, GetClinicPlan, PlanReview
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import edition_for
from services.gateway.snapshot.snapshot import Edition, LocalizedEntry

LocalizedPlan = LocalizedEntry[catalog.AftercarePlan]


def plan_by_slug(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[LocalizedPlan | None] | Awaitable[list[LocalizedPlan | None]]:
    """Return the catalog's plan from memory; for a clinic, ask content for the clinic's own."""
    edition = edition_for(request, args)
    plan = edition.plans.get(args["slug"])
    if plan is None or args.get("version") not in {None, plan.entry.version}:
        return [None]
    return [plan] if request.viewer.clinic_id is None else _of_clinic(plan, request)


async def _of_clinic(plan: LocalizedPlan, request: GatewayRequest) -> list[LocalizedPlan | None]:
    return [await plan_of_clinic(plan.entry.slug, plan.edition, request)]


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


async def reviews_of(
    plans: Sequence[LocalizedPlan], _args: Mapping[str, Any], request: GatewayRequest
) -> list[PlanReview | None]:
    """Return the sign-offs of the viewer's clinic, for all plans in one ask."""
    clinic_id = request.viewer.clinic_id
    if clinic_id is None:
        return [None] * len(plans)
    hashes = list(dict.fromkeys(plan.entry.content_hash for plan in plans))
    reviews = await request.client.ask(
        FindReviews(clinic_id=clinic_id, content_hashes=tuple(hashes))
    )
    by_hash = dict(zip(hashes, reviews, strict=True))
    return [by_hash[plan.entry.content_hash] for plan in plans]


def procedures_of(plan: LocalizedPlan) -> Sequence[LocalizedEntry[catalog.Procedure]]:
    return plan.edition.find_procedures(plan.entry.procedures)
