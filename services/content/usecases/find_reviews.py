"""Finding the reviews of what clinics have."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from services.contracts.content import ClinicPlan, FindReviews, GetClinicPlan, PlanReview


class Shelf(Protocol):
    def find(self, keys: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], PlanReview]:
        """By clinic and content hash."""
        ...


def find_reviews(shelf: Shelf, asked: Sequence[FindReviews]) -> list[tuple[PlanReview | None, ...]]:
    """Answer all of them with one look at the shelf."""
    found = shelf.find({(ask.clinic_id, one) for ask in asked for one in ask.content_hashes})
    return [tuple(found.get((ask.clinic_id, one)) for one in ask.content_hashes) for ask in asked]


def with_reviews(
    shelf: Shelf, asked: Sequence[GetClinicPlan], plans: Sequence[ClinicPlan | None]
) -> list[ClinicPlan | None]:
    """Add to each plan the review that the asking clinic's clinician has given to just that."""
    asks = list(zip(asked, plans, strict=True))
    found = shelf.find({_key(ask, plan) for ask, plan in asks if plan})
    return [
        plan and msgspec.structs.replace(plan, review=found.get(_key(ask, plan)))
        for ask, plan in asks
    ]


def _key(ask: GetClinicPlan, found: ClinicPlan) -> tuple[int, str]:
    """Nobody reviews for no clinic, whose number no clinic has."""
    return ask.clinic_id or 0, found.plan.content_hash
