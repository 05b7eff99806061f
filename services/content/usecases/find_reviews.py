"""Finding the reviews of clinics' plans."""

from collections.abc import Sequence

import msgspec

from services.content.storage.unit_of_work import ContentUnitOfWork
from services.contracts.content import ClinicPlan, FindReviews, GetClinicPlan, PlanReview


def find_reviews(
    uow: ContentUnitOfWork, asks: Sequence[FindReviews]
) -> list[tuple[PlanReview | None, ...]]:
    """Find all of them with one query."""
    keys = [[(ask.clinic_id, content_hash) for content_hash in ask.content_hashes] for ask in asks]
    reviews = uow.reviews.find({key for batch in keys for key in batch})
    return [tuple(reviews.get(key) for key in batch) for batch in keys]


def with_reviews(
    uow: ContentUnitOfWork, asks: Sequence[GetClinicPlan], plans: Sequence[ClinicPlan | None]
) -> list[ClinicPlan | None]:
    """Add to each plan the review that the clinic's own clinician gave for exactly this plan."""
    pairs = list(zip(asks, plans, strict=True))
    reviews = uow.reviews.find({_key(ask, plan) for ask, plan in pairs if plan})
    return [
        plan and msgspec.structs.replace(plan, review=reviews.get(_key(ask, plan)))
        for ask, plan in pairs
    ]


def _key(ask: GetClinicPlan, plan: ClinicPlan) -> tuple[int, str]:
    """No clinic has the number 0, so a plan without a clinic has no review."""
    return ask.clinic_id or 0, plan.plan.content_hash
