"""Who may be enrolled in what: the rules for patients, clinics, plans and procedure times."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from services.contracts.catalog import AftercarePlan, Channel
from services.contracts.content import ClinicPlan
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.reminders import ClinicRecord
from services.reminders.addresses.reader import countries_of
from services.reminders.core.clinic import served_with
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.patients.domain.new_patient import NewContact

SURELY_OVER_AFTER: Final = timedelta(hours=4)
"""A procedure that began this long ago is over: none of the catalog takes longer."""

_FURTHEST_AHEAD: Final = timedelta(days=366)
_FURTHEST_BACK: Final = timedelta(days=180)
_LONGEST_PROCEDURE: Final = timedelta(hours=24)


class PlanSource(Protocol):
    """Where plans come from."""

    def plan(self, clinic_id: int | None, slug: str, locale: str) -> ClinicPlan | None:
        """Find a plan of the current release as the clinic has it.

        The plan is in the locale, else in the base locale; without a clinic it is as the release
        has it. Returns None if there is no such plan.
        """
        ...


class Planning(msgspec.Struct, frozen=True):
    """Where plans come from, and whether production's rules apply."""

    source: PlanSource
    is_production: bool

    def usable_plan(self, clinic_id: int, slug: str, locale: str) -> AftercarePlan | Refusal:
        """Find the plan that patients of a clinic may be enrolled in.

        In production, a clinician of the clinic has read and signed exactly that plan.
        """
        clinic_plan = self.source.plan(clinic_id, slug, locale)
        if clinic_plan is None:
            message = "There is no such plan in the current catalog."
            return refuse(UserErrorCode.NOT_FOUND, message, "plan")
        if clinic_plan.conflicts:
            return refuse(UserErrorCode.CONFLICT, _conflict(clinic_plan), "plan")
        if self.is_production and clinic_plan.review is None:
            return refuse(UserErrorCode.NOT_SIGNED_OFF, _unsigned(clinic_plan.plan), "plan")
        return clinic_plan.plan


def _conflict(clinic_plan: ClinicPlan) -> str:
    plan = clinic_plan.plan
    wrong = " ".join(f"{conflict.where}: {conflict.what}." for conflict in clinic_plan.conflicts)
    return (
        f"Your clinic's own values do not fit version {plan.version} of {plan.slug}:"
        f" {wrong} Put them right (afterglow overlays put), or remove them."
    )


def _unsigned(plan: AftercarePlan) -> str:
    return (
        f"Version {plan.version} of {plan.slug}, as your clinic has it, is not signed off by a"
        " clinician of your clinic. A clinician reads it (aftercarePlan) and signs its contentHash"
        " with signOffPlan and a key of their own; then enroll again."
    )


def not_eligible(patient: Patient, *, is_production: bool) -> Refusal | None:
    """Refuse a patient who cannot be enrolled in any plan.

    In production only patients known to be adults are: treating minors' skin has laws of its own.
    """
    if refusal := suspended(patient.clinic):
        return refusal
    if patient.is_adult is True or (patient.is_adult is None and not is_production):
        return None
    message = "Aftercare messages are for adults: update the patient's isAdult once you know."
    return refuse(UserErrorCode.NOT_ELIGIBLE, message, "patient_id")


def suspended(clinic: ClinicRecord) -> Refusal | None:
    """Refuse a clinic that is suspended."""
    if clinic.suspended_at is None:
        return None
    return refuse(UserErrorCode.NOT_ALLOWED, "The clinic is suspended; ask who runs the service.")


def covered_countries(uow: EnrollmentsUnitOfWork, clinic: ClinicRecord) -> set[str]:
    """The countries that the clinic is in, serves, or sends texts from."""
    senders = uow.senders.list(clinic.id)
    texting = {sender.country for sender in senders if sender.channel is Channel.SMS}
    return {clinic.country, *clinic.countries} | texting


def outside_coverage(contacts: Sequence[NewContact], covered: set[str]) -> list[Refusal]:
    """Refuse a phone number that belongs to no covered country."""
    numbers = [contact.address for contact in contacts if contact.channel is Channel.SMS]
    if all(countries_of(number) & served_with(covered) for number in numbers):
        return []
    message = f"We text numbers of {', '.join(sorted(covered))} for this clinic, and no others."
    return [refuse(UserErrorCode.OUTSIDE_COVERAGE, message, "phone")]


def cannot_be_alerted(
    uow: EnrollmentsUnitOfWork, clinic_id: int, plan: AftercarePlan, *, is_production: bool
) -> Refusal | None:
    """Refuse, in production, a plan with check-ins if no alert has reached the clinic's staff."""
    asks = any(step.check_in is not None for step in plan.steps)
    if not is_production or not asks or uow.alert_contacts.is_chain_proven(clinic_id):
        return None
    message = (
        "This plan asks patients how they are, and nobody of the clinic has confirmed a test alert"
        " yet: add whom to alert with `clinics alerts add`, try them with `clinics test-alert`, and"
        " open the link that one of them gets."
    )
    return refuse(UserErrorCode.NOT_ALLOWED, message, "plan")


def are_aware(*times: datetime | None) -> bool:
    """Whether each time that is given has an offset."""
    return all(at is None or at.tzinfo is not None for at in times)


def without_offset(name: str) -> Refusal:
    message = "Give times with their offset from UTC, like 2027-03-14T15:40:00+01:00."
    return refuse(UserErrorCode.INVALID, message, name)


def start_faults(started_at: datetime, now: datetime) -> Iterator[Refusal]:
    if started_at > now + _FURTHEST_AHEAD:
        message = f"The procedure is more than {_FURTHEST_AHEAD.days} days away."
        yield refuse(UserErrorCode.TOO_LATE, message, "procedure_at")
    if started_at < now - _FURTHEST_BACK:
        message = f"The procedure was more than {_FURTHEST_BACK.days} days ago."
        yield refuse(UserErrorCode.IN_THE_PAST, message, "procedure_at")


def is_end_of(started_at: datetime, ended_at: datetime) -> bool:
    """Whether a procedure that started then may have ended then."""
    return started_at <= ended_at <= started_at + _LONGEST_PROCEDURE


def same_enrollments(
    uow: EnrollmentsUnitOfWork, patient_key: Key, plan: AftercarePlan, procedure_at: datetime
) -> Iterator[Enrollment]:
    """Find the patient's active enrollments in a plan for a procedure at that time."""
    active = uow.enrollments.active(patient_key)
    same_time = [other for other in active if other.procedure_at == procedure_at]
    plans = uow.plans.get([other.plan_key for other in same_time])
    return (other for other in same_time if plans[other.plan_key].slug == plan.slug)
