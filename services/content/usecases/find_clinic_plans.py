"""Finding plans as clinics have them: with their own values and their clinicians' reviews."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from services.content.domain.clinic_values import Outcome, Overlay, outcome_for
from services.content.domain.reading import BASE_LOCALE
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.contracts.catalog import AftercarePlan, LocalizedCatalog, Release
from services.contracts.content import ClinicPlan, FindReviews, GetClinicPlan, PlanReview

T = TypeVar("T")


def find_clinic_plans(
    uow: ContentUnitOfWork, asks: Sequence[GetClinicPlan]
) -> list[ClinicPlan | None]:
    """Find all of them with two queries, however many there are."""
    release = uow.releases.read_current()
    if release is None:
        return [None] * len(asks)
    return _with_reviews(uow, asks, _with_overlays(uow, release, asks))


def find_reviews(
    uow: ContentUnitOfWork, asks: Sequence[FindReviews]
) -> list[tuple[PlanReview | None, ...]]:
    """Find all of them with one query."""
    keys = [[(ask.clinic_id, content_hash) for content_hash in ask.content_hashes] for ask in asks]
    reviews = uow.reviews.find({key for batch in keys for key in batch})
    return [tuple(reviews.get(key) for key in batch) for batch in keys]


def _with_overlays(
    uow: ContentUnitOfWork, release: Release, asks: Sequence[GetClinicPlan]
) -> list[ClinicPlan | None]:
    bases = [_plan(release, ask) for ask in asks]
    used = uow.overlays.in_use_for({(ask.clinic_id, ask.slug) for ask in asks if ask.clinic_id})
    outcomes = uow.overlays.outcomes(used, {base.plan.content_hash for base in bases if base})
    overlays = {(overlay.clinic_id, overlay.plan): overlay for overlay in used}
    plans = []
    for ask, base in zip(asks, bases, strict=True):
        overlay = overlays.get((ask.clinic_id or 0, ask.slug))
        own = _with_values(base, overlay, outcomes, ask.locale) if base and overlay else None
        plans.append(own or base)
    return plans


def _with_reviews(
    uow: ContentUnitOfWork, asks: Sequence[GetClinicPlan], plans: Sequence[ClinicPlan | None]
) -> list[ClinicPlan | None]:
    """Add to each plan the review that the clinic's own clinician gave for exactly this plan."""
    pairs = list(zip(asks, plans, strict=True))
    reviews = uow.reviews.find({_review_key(ask, plan) for ask, plan in pairs if plan})
    return [
        plan and msgspec.structs.replace(plan, review=reviews.get(_review_key(ask, plan)))
        for ask, plan in pairs
    ]


def _review_key(ask: GetClinicPlan, plan: ClinicPlan) -> tuple[int, str]:
    """No clinic has the number 0, so a plan without a clinic has no review."""
    return ask.clinic_id or 0, plan.plan.content_hash


def _plan(release: Release, ask: GetClinicPlan) -> ClinicPlan | None:
    catalog = _in_locale(release.catalogs, ask.locale, release.base_locale)
    plan = next((plan for plan in catalog.plans if plan.slug == ask.slug), None)
    if plan is None:
        return None
    interval = _interval_days(catalog, plan)
    return ClinicPlan(plan=plan, release=release.info.version, interval_days=interval)


def _interval_days(catalog: LocalizedCatalog, plan: AftercarePlan) -> float | None:
    """Find the fewest days between two visits; unknown is never zero."""
    least = (
        procedure.profile.interval_days.min
        for procedure in catalog.procedures
        if procedure.slug in plan.procedures and procedure.profile.interval_days
    )
    return min((days for days in least if days is not None), default=None)


def _with_values(
    base: ClinicPlan, overlay: Overlay, outcomes: Mapping[Overlay, Outcome], locale: str
) -> ClinicPlan:
    outcome = outcome_for(overlay, outcomes)
    if outcome.conflicts:
        return msgspec.structs.replace(base, conflicts=outcome.conflicts)
    own = _in_locale(outcome.plans, locale, BASE_LOCALE)
    plan = msgspec.structs.replace(own, overlay_version=overlay.version)
    return msgspec.structs.replace(base, plan=plan)


def _in_locale(by_locale: Mapping[str, T], locale: str, base_locale: str) -> T:
    """Return the entry of the locale, else of its language, else of the base locale."""
    tags = (locale, locale.partition("-")[0], base_locale)
    return next(by_locale[tag] for tag in tags if tag in by_locale)
