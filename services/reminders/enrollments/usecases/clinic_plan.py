"""A plan as a clinic has it, and whether its patients may be enrolled in that."""

from typing import Protocol

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.content import ClinicPlan
from services.contracts.errors import Refusal, UserErrorCode
from services.reminders.core.refusing import refuse


class PlanSource(Protocol):
    """Where plans come from."""

    def plan(self, clinic_id: int | None, slug: str, locale: str) -> ClinicPlan | None:
        """Find a plan of the current release as the clinic has it; None: there is no such plan.

        In the locale, else in the base locale; as the release has it without a clinic.
        """
        ...


class Planning(msgspec.Struct, frozen=True):
    """Where plans come from, and how their messages are tried before anybody gets them."""

    source: PlanSource
    is_production: bool


def usable(found: ClinicPlan | None, *, is_production: bool) -> AftercarePlan | Refusal:
    """Take the plan for patients, or say what keeps it from them.

    In production a clinician of the clinic has read and signed just what they would get.
    """
    if found is None:
        message = "There is no such plan in the current catalog."
        return refuse(UserErrorCode.NOT_FOUND, message, "plan")
    if found.conflicts:
        return refuse(UserErrorCode.CONFLICT, _conflict(found), "plan")
    if is_production and found.review is None:
        return refuse(UserErrorCode.NOT_SIGNED_OFF, _unsigned(found.plan), "plan")
    return found.plan


def _conflict(found: ClinicPlan) -> str:
    wrong = " ".join(f"{conflict.where}: {conflict.what}." for conflict in found.conflicts)
    return (
        f"Your clinic's own values do not fit version {found.plan.version} of {found.plan.slug}:"
        f" {wrong} Put them right (afterglow overlays put), or remove them."
    )


def _unsigned(plan: AftercarePlan) -> str:
    return (
        f"Version {plan.version} of {plan.slug}, as your clinic has it, is not signed off by a"
        " clinician of your clinic. A clinician reads it (aftercarePlan) and signs its contentHash"
        " with signOffPlan and a key of their own; then enroll again."
    )
