from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from services.contracts import catalog
from services.contracts.content import FindReviews, GetClinicPlan, PlanReview
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import edition_for
from services.gateway.snapshot.snapshot import Edition, LocalizedEntry

PlanPage = LocalizedEntry[catalog.AftercarePlan]


def plan_by_slug(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PlanPage | None] | Awaitable[list[PlanPage | None]]:
    """From memory as the catalog has it; for a clinic, as content says that the clinic has it."""
    edition = edition_for(request, args)
    page = edition.plans.get(args["slug"])
    if page is None or args.get("version") not in {None, page.entry.version}:
        return [None]
    return [page] if request.viewer.clinic_id is None else _of_clinic(page, request)


async def _of_clinic(page: PlanPage, request: GatewayRequest) -> list[PlanPage | None]:
    return [await plan_of_clinic(page.entry.slug, page.edition, request)]


async def plan_of_clinic(slug: str, edition: Edition, request: GatewayRequest) -> PlanPage:
    """A plan that the catalog has, as the asking clinic has it.

    Raises FieldRefused, CATALOG_UNAVAILABLE, in the moment in which a release is replaced: what is
    read in one response is of one release.
    """
    clinic_id = request.viewer.clinic_id
    base = edition.plans[slug]
    if clinic_id is None:
        return base
    found = await request.client.ask(
        GetClinicPlan(clinic_id=clinic_id, slug=slug, locale=edition.locale)
    )
    if found is None or found.release != edition.info.version:
        raise FieldRefused(
            "CATALOG_UNAVAILABLE", "The catalog is being replaced. Try again in a few seconds."
        )
    return edition.localize(found.plan) if found.plan.overlay_version else base


async def reviews_of(
    pages: Sequence[PlanPage], _args: Mapping[str, Any], request: GatewayRequest
) -> list[PlanReview | None]:
    """What the asking clinic's clinicians signed, of all plans in one ask."""
    clinic_id = request.viewer.clinic_id
    if clinic_id is None:
        return [None] * len(pages)
    hashes = list(dict.fromkeys(page.entry.content_hash for page in pages))
    found = await request.client.ask(FindReviews(clinic_id=clinic_id, content_hashes=tuple(hashes)))
    reviews = dict(zip(hashes, found, strict=True))
    return [reviews[page.entry.content_hash] for page in pages]


def procedures_of(page: PlanPage) -> Sequence[LocalizedEntry[catalog.Procedure]]:
    return page.edition.find_procedures(page.entry.procedures)
