"""A clinic's own values for a plan, as stored, and the result of applying them to it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.content import OverlayInfo, Problem


class Overlay(msgspec.Struct, frozen=True):
    """`version` counts up for each clinic and plan; `name` is that of the file."""

    clinic_id: int
    plan: str
    version: int
    name: str
    text: str
    put_at: datetime


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The plan with a clinic's values, by locale, or the conflicts between them.

    `base_hash` and `plan_version` are of the plan that the values were applied to, and None if
    there was no such plan.
    """

    base_hash: str | None = None
    plan_version: int | None = None
    content_hash: str | None = None
    plans: dict[str, AftercarePlan] = {}
    conflicts: tuple[Problem, ...] = ()


def info(overlay: Overlay, outcome: Outcome) -> OverlayInfo:
    return OverlayInfo(
        clinic_id=overlay.clinic_id,
        plan=overlay.plan,
        version=overlay.version,
        plan_version=outcome.plan_version,
        content_hash=outcome.content_hash,
        put_at=overlay.put_at,
        conflicts=outcome.conflicts,
    )


def outcome_for(overlay: Overlay, outcomes: Mapping[Overlay, Outcome]) -> Outcome:
    """Return the outcome for the current release; values without one must not be used."""
    problem = f"the current release has no such {overlay.plan!r} to apply this to; put or remove it"
    missing = Outcome(conflicts=(Problem(where=f"{overlay.name}:1", what=problem),))
    return outcomes.get(overlay, missing)
