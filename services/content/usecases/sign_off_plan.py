"""Signing off what a plan says to a clinic's patients.

A review is of one content hash, which covers the plan, the clinic's own values on it, every locale
and every text. So nothing has to take a review back: what is changed has another hash, and nobody
has signed that.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from services.contracts.catalog import AftercarePlan
from services.contracts.content import (
    DEMO_ACTOR,
    ClinicPlan,
    DemoSignOffReply,
    PlanReview,
    SignOffForDemo,
    SignOffPlan,
    SignOffReply,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import Mode

DEMO_REVIEWER: Final = "Demo clinician"
_LONGEST_TEXT: Final = 200


class Shelf(Protocol):
    def add(self, plan: AftercarePlan, signed: SignOffPlan) -> PlanReview:
        """Keep it, unless the same was signed before: the first stands."""
        ...


def sign_off_plan(
    found: ClinicPlan | None, command: SignOffPlan, shelf: Shelf, *, is_production: bool
) -> SignOffReply:
    """Sign off the plan as the clinic has it now, if that is what was read."""
    if is_production and command.mode is not Mode.LIVE:
        message = "A sign-off counts for live patients: sign with a key of kind live."
        return _refused(UserErrorCode.NOT_ALLOWED, message)
    if refusal := _text_fault(command):
        return SignOffReply(refusal=refusal)
    if found is None:
        message = f"The current catalog has no plan {command.plan}."
        return _refused(UserErrorCode.NOT_FOUND, message, "plan")
    if found.misfits:
        return SignOffReply(refusal=misfit(found))
    if refusal := _stale(found.plan, command):
        return SignOffReply(refusal=refusal)
    return SignOffReply(review=shelf.add(found.plan, command))


def sign_off_for_demo(
    plans: Mapping[str, ClinicPlan | None],
    command: SignOffForDemo,
    shelf: Shelf,
    *,
    is_production: bool,
) -> DemoSignOffReply:
    """Sign those that were named, or none; else all that the clinic's own values fit."""
    if is_production:
        message = (
            "In production a clinician reads a plan and signs it: make a key of their own"
            " (afterglow keys create --role CLINICIAN --kind live --person NAME), with which they"
            " read aftercarePlan and send signOffPlan."
        )
        return _demo_refused(Refusal(code=UserErrorCode.NOT_ALLOWED, message=message))
    for slug, found in plans.items():
        if found is None:
            message = f"The current catalog has no plan {slug}."
            return _demo_refused(Refusal(code=UserErrorCode.NOT_FOUND, message=message))
        if found.misfits and command.plans:
            return _demo_refused(misfit(found))
    sound = [found.plan for found in plans.values() if found and not found.misfits]
    for plan in sound:
        shelf.add(plan, _of_demo(plan, command.clinic_id))
    return DemoSignOffReply(signed=tuple(plan.slug for plan in sound))


def misfit(found: ClinicPlan) -> Refusal:
    """Say why nobody can sign, or use, a plan on which the clinic's own values do not fit."""
    wrong = " ".join(f"{one.where}: {one.what}." for one in found.misfits)
    message = (
        f"This clinic's own values do not fit version {found.plan.version} of {found.plan.slug}:"
        f" {wrong} Put them right (afterglow overlays put) or remove them, then sign."
    )
    return Refusal(code=UserErrorCode.CONFLICT, message=message, path=("plan",))


def _text_fault(command: SignOffPlan) -> Refusal | None:
    for name, text in (("reviewer", command.reviewer), ("registration", command.registration)):
        if text is not None and not 0 < len(text.strip()) <= len(text) <= _LONGEST_TEXT:
            message = f"Give 1 to {_LONGEST_TEXT} characters, or leave it out."
            return Refusal(code=UserErrorCode.INVALID, message=message, path=(name,))
    return None


def _stale(plan: AftercarePlan, command: SignOffPlan) -> Refusal | None:
    if command.version != plan.version:
        what = f"This clinic's patients get version {plan.version} of {plan.slug} by now"
        path = "version"
    elif command.content_hash != plan.content_hash:
        what = f"This is not what {plan.slug} says to this clinic's patients now"
        path = "content_hash"
    else:
        return None
    message = f"{what}: read it again, and sign what you read."
    return Refusal(code=UserErrorCode.STALE, message=message, path=(path,))


def _of_demo(plan: AftercarePlan, clinic_id: int) -> SignOffPlan:
    return SignOffPlan(
        clinic_id=clinic_id,
        plan=plan.slug,
        version=plan.version,
        content_hash=plan.content_hash,
        reviewer=DEMO_REVIEWER,
        mode=Mode.TEST,
        actor=DEMO_ACTOR,
    )


def _refused(code: UserErrorCode, message: str, *path: str) -> SignOffReply:
    return SignOffReply(refusal=Refusal(code=code, message=message, path=path or None))


def _demo_refused(refusal: Refusal) -> DemoSignOffReply:
    return DemoSignOffReply(refusal=refusal)
