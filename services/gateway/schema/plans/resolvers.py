from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from services.contracts import catalog
from services.contracts.content import FindReviews, GetClinicPlan, PlanReview
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import edition_for
from services.gateway.snapshot.snapshot import Edition, Page

PlanPage = Page[catalog.AftercarePlan]


def plan_by_slug(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PlanPage | None] | Awaitable[list[PlanPage | None]]:
    """Return the catalog's plan from memory; for a clinic, ask content for the clinic's own."""
    edition = edition_for(request, args)
    page = edition.plans.get(args["slug"])
    if page is None or args.get("version") not in {None, page.entry.version}:
        return [None]
    return [page] if request.viewer.clinic_id is None else _of_clinic(page, request)


async def _of_clinic(page: PlanPage, request: GatewayRequest) -> list[PlanPage | None]:
    return [await plan_of_clinic(page.entry.slug, page.edition, request)]


async def plan_of_clinic(slug: str, edition: Edition, request: GatewayRequest) -> PlanPage:
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
    return edition.page_of(clinic_plan.plan) if clinic_plan.plan.overlay_version else base


async def reviews_of(
    pages: Sequence[PlanPage], _args: Mapping[str, Any], request: GatewayRequest
) -> list[PlanReview | None]:
    """Return the sign-offs of the viewer's clinic, for all plans in one ask."""
    clinic_id = request.viewer.clinic_id
    if clinic_id is None:
        return [None] * len(pages)
    hashes = list(dict.fromkeys(page.entry.content_hash for page in pages))
    reviews = await request.client.ask(
        FindReviews(clinic_id=clinic_id, content_hashes=tuple(hashes))
    )
    by_hash = dict(zip(hashes, reviews, strict=True))
    return [by_hash[page.entry.content_hash] for page in pages]


def procedures_of(page: PlanPage) -> Sequence[Page[catalog.Procedure]]:
    return page.edition.known_procedures(page.entry.procedures)
