"""The operator's reports: the log of operations, and message counts across clinics."""

from services.contracts.enrollments import ReportRow
from services.contracts.operations import ListOperations, OperationRecord, ReportEverywhere
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork


def list_operations(uow: OperationsUnitOfWork, ask: ListOperations) -> tuple[OperationRecord, ...]:
    return tuple(uow.operations.newest(ask.limit))


def report_across_clinics(
    uow: OperationsUnitOfWork, ask: ReportEverywhere
) -> tuple[ReportRow, ...]:
    return uow.cross_clinic_report.count(ask)
