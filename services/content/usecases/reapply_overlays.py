"""Applying the values that clinics use to what has become the current release."""

from services.content.domain.clinic_values import Outcome, info
from services.content.domain.overlay_base import OverlayBase
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.compile_overlay import CompiledOverlay, compile_overlay
from services.contracts.content import OverlayInfo, Problem


def reapply_overlays(uow: ContentUnitOfWork) -> tuple[OverlayInfo, ...]:
    """Apply all of them. Returns those that conflict with the release."""
    base = uow.releases.overlay_base()
    if base is None:
        return ()
    conflicting = []
    for overlay in uow.overlays.in_use():
        compiled = compile_overlay(base, overlay.name, overlay.text, is_new=False)
        outcome = outcome_of(base, overlay.plan, compiled)
        if outcome.base_hash is not None:
            uow.overlays.keep(overlay, outcome)
        if outcome.conflicts:
            conflicting.append(info(overlay, outcome))
    return tuple(conflicting)


def outcome_of(
    base: OverlayBase, slug: str, compiled: CompiledOverlay | tuple[Problem, ...]
) -> Outcome:
    """Return what is stored of an application, with the plan that the values were applied to."""
    plan = next(iter(base.plans.get(slug, {}).values()), None)
    base_hash, version = (plan.content_hash, plan.version) if plan else (None, None)
    if isinstance(compiled, CompiledOverlay):
        return Outcome(
            base_hash=base_hash,
            plan_version=version,
            content_hash=compiled.content_hash,
            plans=compiled.plans,
        )
    return Outcome(base_hash=base_hash, plan_version=version, conflicts=compiled)
