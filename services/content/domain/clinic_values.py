"""A clinic's own values for a plan, as they are kept, and what came of laying them on it."""

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
    """The plan with a clinic's values, by locale, or why they do not fit it.

    `base_hash`, `plan_version`: of the plan that they were laid on; None: there was no such plan.
    """

    base_hash: str | None = None
    plan_version: int | None = None
    content_hash: str | None = None
    plans: dict[str, AftercarePlan] = {}
    misfits: tuple[Problem, ...] = ()


def info(overlay: Overlay, outcome: Outcome) -> OverlayInfo:
    return OverlayInfo(
        clinic_id=overlay.clinic_id,
        plan=overlay.plan,
        version=overlay.version,
        plan_version=outcome.plan_version,
        content_hash=outcome.content_hash,
        put_at=overlay.put_at,
        misfits=outcome.misfits,
    )
