"""Signing off what a plan tells a clinic's patients.

A review belongs to one content hash, which covers the plan, the clinic's own values, every locale
and every text. A review never has to be withdrawn: a changed plan has another hash, which nobody
has signed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.find_clinic_plans import find_clinic_plans
from services.contracts.catalog import AftercarePlan
from services.contracts.content import (
    DEMO_ACTOR,
    ClinicPlan,
    DemoSignOffReply,
    GetClinicPlan,
    SignOffForDemo,
    SignOffPlan,
    SignOffReadingRules,
    SignOffReply,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import Mode

DEMO_REVIEWER: Final = "Demo clinician"
_LONGEST_TEXT: Final = 200


def sign_off_plan(
    uow: ContentUnitOfWork, command: SignOffPlan, *, is_production: bool
) -> SignOffReply:
    """Sign off the plan as the clinic has it now, if that is what the clinician read."""
    clinic_plan = _find(uow, command.clinic_id, [command.plan])[command.plan]
    plan = plan_to_sign(clinic_plan, command, is_production=is_production)
    if isinstance(plan, Refusal):
        return SignOffReply(refusal=plan)
    return SignOffReply(review=uow.reviews.add(plan, command))


def sign_off_for_demo(
    uow: ContentUnitOfWork, command: SignOffForDemo, *, is_production: bool
) -> DemoSignOffReply:
    """Sign off the plans that the command names, or all that have no conflicts."""
    slugs = _plans_of_release(uow) if command.plans is None else command.plans
    plans = demo_plans_to_sign(
        _find(uow, command.clinic_id, slugs), command, is_production=is_production
    )
    if isinstance(plans, Refusal):
        return DemoSignOffReply(refusal=plans)
    for plan in plans:
        uow.reviews.add(plan, _demo_sign_off(plan, command.clinic_id))
    return DemoSignOffReply(signed=tuple(plan.slug for plan in plans))


def plan_to_sign(
    clinic_plan: ClinicPlan | None, command: SignOffPlan, *, is_production: bool
) -> AftercarePlan | Refusal:
    """Return the plan to sign, or why the command is refused."""
    if is_production and command.mode is not Mode.LIVE:
        message = "A sign-off counts for live patients: sign with a key of kind live."
        return Refusal(code=UserErrorCode.NOT_ALLOWED, message=message)
    if refusal := signature_fault(command):
        return refusal
    if clinic_plan is None:
        return _unknown(command.plan, path=("plan",))
    if clinic_plan.conflicts:
        return _conflict(clinic_plan)
    return _stale(clinic_plan.plan, command) or clinic_plan.plan


def demo_plans_to_sign(
    plans: Mapping[str, ClinicPlan | None], command: SignOffForDemo, *, is_production: bool
) -> tuple[AftercarePlan, ...] | Refusal:
    """Return the plans to sign, or why the command is refused.

    If the command names plans and one of them cannot be signed, none is.
    """
    if is_production:
        message = (
            "In production a clinician reads a plan and signs it: make a key of their own"
            " (afterglow keys create --role CLINICIAN --kind live --person NAME), with which they"
            " read aftercarePlan and send signOffPlan."
        )
        return Refusal(code=UserErrorCode.NOT_ALLOWED, message=message)
    for slug, clinic_plan in plans.items():
        if clinic_plan is None:
            return _unknown(slug)
        if clinic_plan.conflicts and command.plans:
            return _conflict(clinic_plan)
    return tuple(
        clinic_plan.plan
        for clinic_plan in plans.values()
        if clinic_plan and not clinic_plan.conflicts
    )


def _find(
    uow: ContentUnitOfWork, clinic_id: int, slugs: Sequence[str]
) -> dict[str, ClinicPlan | None]:
    """Find plans by slug. The locale does not matter, because a hash covers all of them."""
    asks = [GetClinicPlan(clinic_id=clinic_id, slug=slug, locale="") for slug in slugs]
    return dict(zip(slugs, find_clinic_plans(uow, asks), strict=True))


def _plans_of_release(uow: ContentUnitOfWork) -> tuple[str, ...]:
    release = uow.releases.read_current()
    plans = release.catalogs[release.base_locale].plans if release else ()
    return tuple(plan.slug for plan in plans)


def _unknown(slug: str, path: tuple[str, ...] | None = None) -> Refusal:
    message = f"The current catalog has no plan {slug}."
    return Refusal(code=UserErrorCode.NOT_FOUND, message=message, path=path)


def _conflict(clinic_plan: ClinicPlan) -> Refusal:
    plan = clinic_plan.plan
    wrong = " ".join(f"{conflict.where}: {conflict.what}." for conflict in clinic_plan.conflicts)
    message = (
        f"This clinic's own values do not fit version {plan.version} of {plan.slug}:"
        f" {wrong} Put them right (afterglow overlays put) or remove them, then sign."
    )
    return Refusal(code=UserErrorCode.CONFLICT, message=message, path=("plan",))


def signature_fault(command: SignOffPlan | SignOffReadingRules) -> Refusal | None:
    """Say what is wrong with the names in a sign-off."""
    for name, text in (("reviewer", command.reviewer), ("registration", command.registration)):
        if text is not None and not 0 < len(text.strip()) <= len(text) <= _LONGEST_TEXT:
            message = f"Give 1 to {_LONGEST_TEXT} characters, or leave it out."
            return Refusal(code=UserErrorCode.INVALID, message=message, path=(name,))
    return None


def _stale(plan: AftercarePlan, command: SignOffPlan) -> Refusal | None:
    if command.version != plan.version:
        problem = f"This clinic's patients get version {plan.version} of {plan.slug} by now"
        path = "version"
    elif command.content_hash != plan.content_hash:
        problem = f"This is not what {plan.slug} says to this clinic's patients now"
        path = "content_hash"
    else:
        return None
    message = f"{problem}: read it again, and sign what you read."
    return Refusal(code=UserErrorCode.STALE, message=message, path=(path,))


def _demo_sign_off(plan: AftercarePlan, clinic_id: int) -> SignOffPlan:
    return SignOffPlan(
        clinic_id=clinic_id,
        plan=plan.slug,
        version=plan.version,
        content_hash=plan.content_hash,
        reviewer=DEMO_REVIEWER,
        mode=Mode.TEST,
        actor=DEMO_ACTOR,
    )
