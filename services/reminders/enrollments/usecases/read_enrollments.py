"""Enrollments, as the service tells of them: with the plan they are pinned to."""

from collections.abc import Iterable, Sequence

from services.contracts.catalog import AftercarePlan
from services.contracts.reminders import (
    EnrollmentPage,
    EnrollmentRecord,
    FindEnrollment,
    GetEnrollments,
    ListEnrollments,
)
from services.reminders.core.key import Key
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork


def get_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[GetEnrollments]
) -> list[tuple[EnrollmentRecord | None, ...]]:
    """Answer each ask in the order of its ids, with None for what is not there for it."""
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = uow.enrollments.get([key for some in keys for key in some])
    records = dict(zip(found, enrollment_records(uow, found.values()), strict=True))
    return [tuple(records.get(key) for key in some) for some in keys]


def find_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[FindEnrollment]
) -> list[EnrollmentRecord | None]:
    """Answer each ask with the enrollment of that exact reference."""
    ids = uow.enrollments.referred([(ask.scope, ask.reference) for ask in asks])
    numbers = [ids.get((ask.scope.clinic_id, ask.scope.mode, ask.reference)) for ask in asks]
    gets = [
        GetEnrollments(scope=ask.scope, ids=() if number is None else (number,))
        for ask, number in zip(asks, numbers, strict=True)
    ]
    return [found[0] if found else None for found in get_enrollments(uow, gets)]


def list_enrollments(
    uow: EnrollmentsUnitOfWork, asks: Sequence[ListEnrollments]
) -> list[EnrollmentPage]:
    pages = uow.enrollment_lists.of_patients(asks)
    records = iter(enrollment_records(uow, (one for page in pages for one in page)))
    told = [[next(records) for _ in page] for page in pages]
    return [
        EnrollmentPage(items=tuple(page[: ask.first]), has_more=len(page) > ask.first)
        for ask, page in zip(asks, told, strict=True)
    ]


def enrollment_records(
    uow: EnrollmentsUnitOfWork, enrollments: Iterable[Enrollment]
) -> list[EnrollmentRecord]:
    some = list(enrollments)
    plans = uow.plans.get([(one.clinic_id, one.plan_version_id) for one in some])
    return [_record(one, plans[one.clinic_id, one.plan_version_id]) for one in some]


def _record(one: Enrollment, plan: AftercarePlan) -> EnrollmentRecord:
    return EnrollmentRecord(
        id=one.id,
        patient_id=one.patient_id,
        plan=plan,
        status=one.status,
        created_at=one.created_at,
        procedure_at=one.procedure_at,
        procedure_ended_at=one.procedure_ended_at,
        procedure_state=one.procedure_state,
        performed_by=one.performed_by,
        reference=one.reference,
        visit_reference=one.visit_reference,
    )
