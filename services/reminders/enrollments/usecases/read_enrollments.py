"""Enrollments as the API shows them: with the plan they are pinned to."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice

from services.contracts.enrollments import FindEnrollments
from services.contracts.reminders import (
    EnrollmentPage,
    EnrollmentRecord,
    FindEnrollment,
    GetEnrollments,
    ListEnrollments,
)
from services.reminders.core.key import Key
from services.reminders.core.structs import struct_from
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork


def get_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[GetEnrollments]
) -> list[tuple[EnrollmentRecord | None, ...]]:
    """Read the enrollments of each ask in the order of its ids, with None for an unknown id."""
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    enrollments = uow.enrollments.get(list(chain.from_iterable(keys)))
    records = dict(zip(enrollments, enrollment_records(uow, enrollments.values()), strict=True))
    return [tuple(records.get(key) for key in asked) for asked in keys]


def find_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[FindEnrollment]
) -> list[EnrollmentRecord | None]:
    """Find the enrollment of each ask by its exact reference."""
    ids = uow.enrollments.referred([(ask.scope, ask.reference) for ask in asks])
    numbers = [ids.get((ask.scope.clinic_id, ask.scope.mode, ask.reference)) for ask in asks]
    gets = [
        GetEnrollments(scope=ask.scope, ids=() if number is None else (number,))
        for ask, number in zip(asks, numbers, strict=True)
    ]
    return [enrollments[0] if enrollments else None for enrollments in get_enrollments(uow, gets)]


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
    (record,) = enrollment_records(uow, uow.enrollments.get([key]).values())
    return record


def enrollment_records(
    uow: EnrollmentsUnitOfWork, enrollments: Iterable[Enrollment]
) -> list[EnrollmentRecord]:
    listed = list(enrollments)
    plans = uow.plans.get([enrollment.plan_key for enrollment in listed])
    return [
        struct_from(EnrollmentRecord, enrollment, plan=plans[enrollment.plan_key])
        for enrollment in listed
    ]
