"""Puts together what becomes of enrollments, and of single reminders."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.chassis.vault import Vault
from services.contracts import enrollments as asks
from services.contracts.reminders import CancelEnrollment, EnrollPatient
from services.reminders.enrollments.storage.enrollment_life import EnrollmentLifeRepository
from services.reminders.enrollments.storage.enrollment_lists import EnrollmentListRepository
from services.reminders.enrollments.storage.plan_recalls import PlanRecallRepository
from services.reminders.enrollments.usecases.cancel_enrollment import cancel_enrollment
from services.reminders.enrollments.usecases.change_reminder import (
    cancel_reminder,
    retry_reminder,
    snooze_reminder,
)
from services.reminders.enrollments.usecases.clinic_plan import Planning
from services.reminders.enrollments.usecases.enroll_patient import enroll_patient
from services.reminders.enrollments.usecases.list_enrollments import (
    find_enrollments_of_clinic,
    report_deliveries,
)
from services.reminders.enrollments.usecases.migrate_enrollments import migrate_enrollments
from services.reminders.enrollments.usecases.pause_enrollment import (
    pause_enrollment,
    resume_enrollment,
)
from services.reminders.enrollments.usecases.record_procedure import record_procedure
from services.reminders.enrollments.usecases.reschedule_enrollment import reschedule_enrollment
from services.reminders.enrollments.usecases.withdraw_plan import (
    foresee_withdrawal,
    list_told,
    withdraw_plan,
)
from services.reminders.operations.storage.operations import OperationRepository
from services.reminders.unit_of_work import RemindersUnitOfWork

Q = TypeVar("Q")
R = TypeVar("R")


class OpenUnitOfWork(Protocol):
    def __call__(
        self, connection: sa.Connection, context: CommandContext | None = None
    ) -> RemindersUnitOfWork: ...


def enrollment_readers(uow: OpenUnitOfWork) -> Mapping[type[Any], QueryHandler]:
    def reader(
        read: Callable[[RemindersUnitOfWork, EnrollmentListRepository, Sequence[Q]], Sequence[R]],
    ) -> QueryHandler:
        return lambda connection, questions: read(
            uow(connection), EnrollmentListRepository(connection), questions
        )

    return {
        asks.FindEnrollments: reader(find_enrollments_of_clinic),
        asks.ReportDeliveries: reader(report_deliveries),
        asks.ForeseeWithdrawal: lambda connection, questions: foresee_withdrawal(
            PlanRecallRepository(connection), questions
        ),
        asks.ListTold: lambda connection, questions: list_told(
            PlanRecallRepository(connection), questions
        ),
    }


def enrolling_commanders(
    uow: OpenUnitOfWork, using: Planning
) -> Mapping[type[Any], CommandHandler]:
    enroll = partial(enroll_patient, using=using)
    return {
        EnrollPatient: lambda connection, command, context: enroll(
            uow(connection, context), command
        ),
        CancelEnrollment: lambda connection, command, context: cancel_enrollment(
            uow(connection, context), command
        ),
    }


class _Acts(msgspec.Struct, frozen=True):
    """Gives each act what it needs stored, in the transaction of its command."""

    uow: OpenUnitOfWork
    vault: Vault

    def plain(
        self, act: Callable[[RemindersUnitOfWork, EnrollmentLifeRepository, Q], R]
    ) -> CommandHandler:
        return lambda connection, command, context: act(
            self.uow(connection, context),
            EnrollmentLifeRepository(connection, self.vault),
            command,
        )

    def retrying(
        self,
        act: Callable[[RemindersUnitOfWork, EnrollmentLifeRepository, OperationRepository, Q], R],
    ) -> CommandHandler:
        return lambda connection, command, context: act(
            self.uow(connection, context),
            EnrollmentLifeRepository(connection, self.vault),
            OperationRepository(connection),
            command,
        )

    def listing(
        self,
        act: Callable[
            [RemindersUnitOfWork, EnrollmentLifeRepository, EnrollmentListRepository, Q], R
        ],
    ) -> CommandHandler:
        return lambda connection, command, context: act(
            self.uow(connection, context),
            EnrollmentLifeRepository(connection, self.vault),
            EnrollmentListRepository(connection),
            command,
        )


def enrollment_commanders(
    uow: OpenUnitOfWork, vault: Vault, using: Planning
) -> Mapping[type[Any], CommandHandler]:
    acts, renderer = _Acts(uow, vault), using.renderer
    return {
        asks.RescheduleEnrollment: acts.plain(partial(reschedule_enrollment, renderer=renderer)),
        asks.RecordProcedure: acts.plain(partial(record_procedure, using=using)),
        asks.PauseEnrollment: acts.plain(pause_enrollment),
        asks.ResumeEnrollment: acts.plain(resume_enrollment),
        asks.SnoozeReminder: acts.plain(partial(snooze_reminder, renderer=renderer)),
        asks.CancelReminder: acts.plain(partial(cancel_reminder, renderer=renderer)),
        asks.RetryReminder: acts.retrying(partial(retry_reminder, renderer=renderer)),
        asks.MigrateEnrollments: acts.listing(partial(migrate_enrollments, using=using)),
        asks.WithdrawPlan: lambda connection, command, _: withdraw_plan(
            PlanRecallRepository(connection),
            OperationRepository(connection),
            command,
            source=using.source,
        ),
    }
