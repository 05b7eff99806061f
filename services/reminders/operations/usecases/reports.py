"""The operator's reports: the log of operations, and message counts across clinics."""

from collections.abc import Sequence

from services.contracts.enrollments import ReportRow
from services.contracts.operations import ListOperations, OperationRecord, ReportEverywhere
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork


def list_operations(
    uow: OperationsUnitOfWork, asks: Sequence[ListOperations]
) -> Sequence[tuple[OperationRecord, ...]]:
    return [tuple(uow.operations.newest(ask.limit)) for ask in asks]


def report_across_clinics(
    uow: OperationsUnitOfWork, asks: Sequence[ReportEverywhere]
) -> list[tuple[ReportRow, ...]]:
    return [uow.cross_clinic_report.count(ask) for ask in asks]
