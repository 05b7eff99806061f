"""Finding what clinics use: the plans with their own values, and how these fit."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from services.content.domain.clinic_values import Outcome, Overlay, info
from services.content.domain.reading import BASE_LOCALE
from services.contracts.catalog import Release
from services.contracts.content import (
    ClinicPlan,
    GetClinicPlan,
    OverlayInfo,
    Problem,
)

T = TypeVar("T")


class Shelf(Protocol):
    def in_use(self, clinic_id: int | None = None) -> tuple[Overlay, ...]: ...

    def in_use_for(self, keys: Collection[tuple[int, str]]) -> tuple[Overlay, ...]: ...

    def outcomes(
        self, overlays: Collection[Overlay], base_hashes: Collection[str]
    ) -> Mapping[Overlay, Outcome]:
        """What came of laying each on a plan of one of these hashes, where it was laid on it."""
        ...


def find_clinic_plans(
    shelf: Shelf, release: Release, asked: Sequence[GetClinicPlan]
) -> list[ClinicPlan | None]:
    """Answer all of them with one look at the shelf."""
    bases = [_plan(release, ask) for ask in asked]
    used = shelf.in_use_for({(ask.clinic_id, ask.slug) for ask in asked if ask.clinic_id})
    outcomes = shelf.outcomes(used, {base.plan.content_hash for base in bases if base})
    overlays = {(each.clinic_id, each.plan): each for each in used}
    found = []
    for ask, base in zip(asked, bases, strict=True):
        overlay = overlays.get((ask.clinic_id or 0, ask.slug))
        own = _with_values(base, overlay, outcomes, ask.locale) if base and overlay else None
        found.append(own or base)
    return found


def list_overlays(
    shelf: Shelf, release: Release | None, clinic_id: int | None
) -> tuple[OverlayInfo, ...]:
    """What is in use, with what keeps it from fitting the release."""
    plans = release.catalogs[release.base_locale].plans if release else ()
    used = shelf.in_use(clinic_id)
    outcomes = shelf.outcomes(used, {plan.content_hash for plan in plans})
    return tuple(info(each, _outcome(each, outcomes)) for each in used)


def _plan(release: Release, ask: GetClinicPlan) -> ClinicPlan | None:
    catalog = _in_locale(release.catalogs, ask.locale, release.base_locale)
    plan = next((plan for plan in catalog.plans if plan.slug == ask.slug), None)
    return ClinicPlan(plan=plan, release=release.info.version) if plan else None


def _with_values(
    base: ClinicPlan, overlay: Overlay, outcomes: Mapping[Overlay, Outcome], locale: str
) -> ClinicPlan:
    outcome = _outcome(overlay, outcomes)
    if outcome.misfits:
        return msgspec.structs.replace(base, misfits=outcome.misfits)
    laid = _in_locale(outcome.plans, locale, BASE_LOCALE)
    plan = msgspec.structs.replace(laid, overlay_version=overlay.version)
    return msgspec.structs.replace(base, plan=plan)


def _outcome(overlay: Overlay, outcomes: Mapping[Overlay, Outcome]) -> Outcome:
    """What is not laid on the current release must not be used."""
    what = f"the current release has no such {overlay.plan!r} to lay this on; put or remove it"
    missing = Outcome(misfits=(Problem(where=f"{overlay.name}:1", what=what),))
    return outcomes.get(overlay, missing)


def _in_locale(by_locale: Mapping[str, T], locale: str, base_locale: str) -> T:
    """In the locale asked for, else in its language, else in the base locale."""
    tags = (locale, locale.partition("-")[0], base_locale)
    return next(by_locale[tag] for tag in tags if tag in by_locale)
