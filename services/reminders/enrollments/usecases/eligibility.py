"""Who may be enrolled in what: the rules for patients, clinics, plans, times and texts."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, StepKind
from services.contracts.content import ClinicPlan
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.reminders import ClinicRecord, EnrollPatient
from services.contracts.words import MessageDetail
from services.reminders.addresses.phone_numbers import countries_of
from services.reminders.core.clinic import served_with
from services.reminders.core.enrollment import Procedure
from services.reminders.core.key import Key
from services.reminders.core.message_text import CannotRender, MessageFacts, facts_about
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.patients.domain.new_patient import NewContact
from services.reminders.rendering.renderer import render

SURELY_OVER_AFTER: Final = timedelta(hours=4)
"""A procedure that began this long ago is over: none of the catalog takes longer."""

_FURTHEST_AHEAD: Final = timedelta(days=366)
_FURTHEST_BACK: Final = timedelta(days=180)
_LONGEST_PROCEDURE: Final = timedelta(hours=24)
_LONGEST_TEXT: Final = 200
_LEAST_INTERVAL: Final = timedelta(days=1)
"""Between two visits for the same plan; also if the catalog gives no interval."""


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

    def usable_plan(self, clinic_id: int, slug: str, locale: str) -> ClinicPlan | Refusal:
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
        return clinic_plan


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


def visit_enrolled(
    uow: EnrollmentsUnitOfWork, command: EnrollPatient, clinic_plan: ClinicPlan
) -> Refusal | None:
    """Refuse a visit that the patient is enrolled for, though at another time or without a number.

    Two visits are nearer than the plan's interval only if each has a number of its own.
    """
    key = Key.within(command.scope, command.patient_id)
    interval = _interval(clinic_plan)
    near = uow.enrollments.near(key, command.procedure_at, interval)
    plans = uow.plans.get([other.plan_key for other in near])
    for other in near:
        is_another = _is_another(command.procedure_at, command.visit_reference, other)
        if plans[other.plan_key].slug == command.plan and not is_another:
            message = _too_near(interval, is_same=other.procedure_at == command.procedure_at)
            return refuse(UserErrorCode.CONFLICT, message, "procedure_at", existing_id=other.id)
    return None


def _interval(clinic_plan: ClinicPlan) -> timedelta:
    days = clinic_plan.interval_days
    return _LEAST_INTERVAL if days is None else max(_LEAST_INTERVAL, timedelta(days=days))


def _is_another(procedure_at: datetime, visit_reference: str | None, other: Enrollment) -> bool:
    """Whether the clinic says, by a number of its own, that this is another visit."""
    if visit_reference is None or other.procedure_at == procedure_at:
        return False
    return visit_reference.casefold() != (other.visit_reference or "").casefold()


def _too_near(interval: timedelta, *, is_same: bool) -> str:
    if is_same:
        return "The patient is enrolled in this plan for this procedure already."
    return (
        f"The patient is enrolled in this plan for a visit within {interval.days} days of this one"
        " already. Reschedule that one if it has moved; if this is another visit, give it a"
        " visitReference of its own."
    )


def same_visits(
    uow: EnrollmentsUnitOfWork,
    patient_key: Key,
    plan: AftercarePlan,
    procedure_at: datetime,
    visit_reference: str | None,
) -> Iterator[Enrollment]:
    """Find the patient's enrollments in a plan that a visit at that time would repeat.

    The shortest interval does not count here: a clinic may move a visit of a series nearer.
    """
    near = uow.enrollments.near(patient_key, procedure_at, _LEAST_INTERVAL)
    plans = uow.plans.get([other.plan_key for other in near])
    return (
        other
        for other in near
        if plans[other.plan_key].slug == plan.slug
        and not _is_another(procedure_at, visit_reference, other)
    )


LONGEST_NAME: Final = "W" * 60
"""No message greets a patient by a longer name."""


def unrenderable(procedure: Procedure, patient: Patient, plan: AftercarePlan) -> Refusal | None:
    """Refuse a plan whose messages would fail to render on the day they are due."""
    facts = facts_about(patient, procedure, sent_at=procedure.procedure_at, voice=plan.voice)
    failed = unrenderable_steps(plan, facts)
    if not failed:
        return None
    hint = "" if patient.clinic.phone else " The clinic has no phone number, and they may name it."
    message = f"These steps cannot be put into words for this clinic: {', '.join(failed)}.{hint}"
    return refuse(UserErrorCode.INVALID, message, "plan")


def unrenderable_steps(plan: AftercarePlan, facts: MessageFacts) -> tuple[str, ...]:
    """Find the keys of the steps that cannot be rendered on some channel at some detail.

    The result is cached for a plan and a clinic: the patient and the time do not change it.
    """
    return _unrenderable(_DryRun(plan, facts))


class _DryRun:
    """Equal to another of the same plan whose texts differ by names and dates only."""

    def __init__(self, plan: AftercarePlan, facts: MessageFacts) -> None:
        self.plan, self.facts = plan, facts
        self._key = (
            hashlib.blake2b(msgspec.msgpack.encode(plan), digest_size=16).digest(),
            *(facts.clinic_name, facts.clinic_phone, facts.emergency_number),
            *(
                facts.time_zone,
                facts.visit_zone,
                facts.locale,
                facts.clinic_hours,
                facts.out_of_hours,
            ),
        )

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _DryRun):
            return NotImplemented
        return self._key == other._key


@lru_cache(maxsize=512)
def _unrenderable(dry_run: _DryRun) -> tuple[str, ...]:
    failed: dict[str, None] = {}
    for step in dry_run.plan.steps:
        for channel in () if step.kind is StepKind.CLINICIAN_TASK else step.channels:
            for detail in MessageDetail:
                if not all(_renders(dry_run, step, channel, detail)):
                    failed[step.key] = None
    return tuple(failed)


def _renders(
    dry_run: _DryRun, step: AftercareStep, channel: Channel, detail: MessageDetail
) -> Iterator[bool]:
    for name in (None, LONGEST_NAME):
        facts = msgspec.structs.replace(dry_run.facts, patient_name=name)
        try:
            render(step, channel, detail, facts)
        except CannotRender:
            yield False
        else:
            yield True


def text_faults(**texts: str | None) -> Iterator[Refusal]:
    """Refuse texts of a command that are empty or too long, by the names of their fields."""
    for name, text in texts.items():
        if text is not None and not 0 < len(text) <= _LONGEST_TEXT:
            message = f"Give 1 to {_LONGEST_TEXT} characters, or leave it out."
            yield refuse(UserErrorCode.INVALID, message, name)
