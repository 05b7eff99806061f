"""When staff have to have done a task, and whether they are alerted if it is open then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.contracts.catalog import READ_WITHIN, AftercarePlan
from services.contracts.durations import parse_duration
from services.reminders.check_ins.domain.reading_time import is_acute, read_by
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.core.key import Key
from services.reminders.enrollments.domain.enrollment import Enrollment

_SOON: Final = timedelta(hours=2)


class Deadline(msgspec.Struct, frozen=True):
    due_at: datetime
    escalates: bool


def reading_deadline(
    uow: CheckInsUnitOfWork,
    clinic_id: int,
    owners: Iterable[AddressOwner],
    *,
    may_be_urgent: bool,
) -> Deadline:
    """When a text of one of these patients has to be read. It escalates in the acute days."""
    followed = [
        enrollment
        for owner in owners
        if owner.clinic_id == clinic_id
        for enrollment in uow.enrollments.active(key_of(owner))
    ]
    plans = _plans_of(uow, followed)
    within = min(
        (parse_duration(plan.read_within) for plan in plans.values()),
        default=parse_duration(READ_WITHIN),
    )
    clinic = uow.clinics.get([clinic_id])[clinic_id]
    due_at = read_by(clinic, within, now=uow.now(), may_be_urgent=may_be_urgent)
    return Deadline(due_at, escalates=bool(acute_at(uow, followed, uow.now())))


def acute_at(
    uow: CheckInsUnitOfWork, enrollments: Sequence[Enrollment], at: datetime
) -> list[Enrollment]:
    """The enrollments whose acute days include a moment."""
    plans = (
        uow.plans.get([enrollment.plan_key for enrollment in enrollments]) if enrollments else {}
    )
    return [
        enrollment
        for enrollment in enrollments
        if is_acute(enrollment, plans[enrollment.plan_key], at)
    ]


def _plans_of(
    uow: CheckInsUnitOfWork, enrollments: Sequence[Enrollment]
) -> Mapping[tuple[int, int], AftercarePlan]:
    keys = [enrollment.plan_key for enrollment in enrollments]
    return uow.plans.get(keys) if keys else {}


def next_open_time(uow: CheckInsUnitOfWork, clinic_id: int) -> datetime:
    """When the clinic has been open for two hours from now."""
    clinic = uow.clinics.get([clinic_id])[clinic_id]
    return read_by(clinic, _SOON, now=uow.now(), may_be_urgent=False)


def key_of(owner: AddressOwner) -> Key:
    return Key(owner.clinic_id, owner.mode, owner.patient_id)
