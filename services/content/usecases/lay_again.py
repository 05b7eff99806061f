"""Laying the values that clinics use on what has become the current release."""

from typing import Protocol

from services.content.domain.clinic_values import Outcome, Overlay, info
from services.content.usecases.lay_overlay import Ground, Laid, lay_overlay
from services.contracts.content import OverlayInfo, Problem


class Shelf(Protocol):
    def in_use(self) -> tuple[Overlay, ...]: ...

    def keep(self, put: Overlay, outcome: Outcome) -> None:
        """What came of laying it on a plan, in place of what came of that before."""
        ...


def lay_again(shelf: Shelf, ground: Ground) -> tuple[OverlayInfo, ...]:
    """Lay all of them, and answer with those that do not fit."""
    misfits = []
    for overlay in shelf.in_use():
        laid = lay_overlay(ground, overlay.name, overlay.text, is_new=False)
        outcome = outcome_of(ground, overlay.plan, laid)
        if outcome.base_hash is not None:
            shelf.keep(overlay, outcome)
        if outcome.misfits:
            misfits.append(info(overlay, outcome))
    return tuple(misfits)


def outcome_of(ground: Ground, plan: str, laid: Laid | tuple[Problem, ...]) -> Outcome:
    """What is kept of it, beside the plan that it was laid on."""
    base = next(iter(ground.plans.get(plan, {}).values()), None)
    base_hash, version = (base.content_hash, base.version) if base else (None, None)
    if isinstance(laid, Laid):
        return Outcome(
            base_hash=base_hash,
            plan_version=version,
            content_hash=laid.content_hash,
            plans=laid.plans,
        )
    return Outcome(base_hash=base_hash, plan_version=version, misfits=laid)
