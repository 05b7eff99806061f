"""Reading the values that clinics use."""

from collections.abc import Sequence

from services.content.domain.clinic_values import info, outcome_for
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.contracts.content import GetOverlay, ListOverlays, OverlayInfo


def get_overlays(uow: ContentUnitOfWork, asks: Sequence[GetOverlay]) -> list[str | None]:
    overlays = uow.overlays.in_use_for({(ask.clinic_id, ask.plan) for ask in asks})
    texts = {(overlay.clinic_id, overlay.plan): overlay.text for overlay in overlays}
    return [texts.get((ask.clinic_id, ask.plan)) for ask in asks]


def list_overlays(
    uow: ContentUnitOfWork, asks: Sequence[ListOverlays]
) -> list[tuple[OverlayInfo, ...]]:
    """List what is in use, with what keeps it from fitting the current release."""
    release = uow.releases.read_current()
    plans = release.catalogs[release.base_locale].plans if release else ()
    hashes = {plan.content_hash for plan in plans}
    return [_list(uow, ask.clinic_id, hashes) for ask in asks]


def _list(
    uow: ContentUnitOfWork, clinic_id: int | None, base_hashes: set[str]
) -> tuple[OverlayInfo, ...]:
    overlays = uow.overlays.in_use(clinic_id)
    outcomes = uow.overlays.outcomes(overlays, base_hashes)
    return tuple(info(overlay, outcome_for(overlay, outcomes)) for overlay in overlays)
