"""Enrollments as the API shows them: with the plan they are pinned to."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain, islice

from services.contracts.enrollments import FindEnrollments
from services.contracts.reminders import (
    EnrollmentPage,
    EnrollmentRecord,
    FindEnrollment,
    ListEnrollments,
)
from services.reminders.core.key import Key
from services.reminders.core.structs import struct_from
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork


def get_enrollments(
    uow: EnrollmentsUnitOfWork, keys: Collection[Key]
) -> dict[Key, EnrollmentRecord]:
    enrollments = uow.enrollments.get(keys)
    return dict(zip(enrollments, enrollment_records(uow, enrollments.values()), strict=True))


def find_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[FindEnrollment]
) -> list[EnrollmentRecord | None]:
    """Find the enrollment of each ask by its exact reference."""
    ids = uow.enrollments.referred([(ask.scope, ask.reference) for ask in asks])
    numbers = [ids.get((ask.scope.clinic_id, ask.scope.mode, ask.reference)) for ask in asks]
    keys = [
        None if number is None else Key.within(ask.scope, number)
        for ask, number in zip(asks, numbers, strict=True)
    ]
    enrollments = get_enrollments(uow, [key for key in keys if key])
    return [enrollments.get(key) if key else None for key in keys]


def list_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[ListEnrollments]
) -> list[EnrollmentPage]:
    pages = uow.enrollment_lists.of_patients(asks)
    return _pages(uow, pages, [ask.first for ask in asks])


def find_enrollments_of_clinic(
    uow: EnrollmentsUnitOfWork, asks: Sequence[FindEnrollments]
) -> list[EnrollmentPage]:
    pages = uow.enrollment_lists.of_clinics(asks)
    return _pages(uow, pages, [ask.first for ask in asks])


def _pages(
    uow: EnrollmentsUnitOfWork,
    pages: Sequence[Sequence[Enrollment]],
    sizes: Sequence[int],
) -> list[EnrollmentPage]:
    records = iter(enrollment_records(uow, chain.from_iterable(pages)))
    return [
        EnrollmentPage(items=tuple(islice(records, len(page)))[:size], has_more=len(page) > size)
        for page, size in zip(pages, sizes, strict=True)
    ]


def enrollment_record(uow: EnrollmentsUnitOfWork, key: Key) -> EnrollmentRecord:
    return get_enrollments(uow, [key])[key]


def enrollment_records(
    uow: EnrollmentsUnitOfWork, enrollments: Iterable[Enrollment]
) -> list[EnrollmentRecord]:
    listed = list(enrollments)
    plans = uow.plans.get([enrollment.plan_key for enrollment in listed])
    return [
        struct_from(EnrollmentRecord, enrollment, plan=plans[enrollment.plan_key])
        for enrollment in listed
    ]
