"""Maps each ask to its use case."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from services.chassis.answer import CommandHandler, QueryHandler
from services.chassis.logs import get_logger
from services.contracts import (
    check_ins,
    enrollments,
    operations,
    privacy,
    reminders,
    replies,
    senders,
    simulation,
)
from services.contracts import clinics as clinic_asks
from services.contracts import patients as patient_asks
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.reminders.check_ins.usecases import (
    alert_staff,
    answer_check_in,
    escalations,
    read_check_ins,
    staff_tasks,
)
from services.reminders.check_ins.usecases.record_inbound import record_inbound
from services.reminders.clinics.domain.sender import Sender
from services.reminders.clinics.usecases import alert_contacts, read_clinics
from services.reminders.clinics.usecases.add_sender import SenderRules, add_sender, list_senders
from services.reminders.clinics.usecases.change_clinic import change_clinic
from services.reminders.clinics.usecases.create_clinic import create_clinic
from services.reminders.consent.usecases.unsubscribe import unsubscribe
from services.reminders.delivery.usecases.record_receipt import record_receipt
from services.reminders.enrollments.usecases import (
    change_reminder,
    read_enrollments,
    read_reminders,
    report_deliveries,
    withdraw_plan,
)
from services.reminders.enrollments.usecases.cancel_enrollment import cancel_enrollment
from services.reminders.enrollments.usecases.eligibility import Planning
from services.reminders.enrollments.usecases.enroll_patient import enroll_patient
from services.reminders.enrollments.usecases.migrate_enrollments import migrate_enrollments
from services.reminders.enrollments.usecases.pause_enrollment import (
    pause_enrollment,
    resume_enrollment,
)
from services.reminders.enrollments.usecases.record_procedure import record_procedure
from services.reminders.enrollments.usecases.replan_zones import replan_zones
from services.reminders.enrollments.usecases.reschedule_enrollment import reschedule_enrollment
from services.reminders.enrollments.usecases.simulate_enrollment import (
    SimulationDeps,
    simulate_enrollments,
)
from services.reminders.operations.usecases import holds, product_clock, reports, retry_messages
from services.reminders.operations.usecases.suspend_clinic import suspend_clinic
from services.reminders.patients.usecases import list_patients, read_patients, suppressions
from services.reminders.privacy.usecases import audit, erase_patient, export_patient, retention
from services.reminders.registration.usecases import import_rows
from services.reminders.registration.usecases.confirm_consent import confirm_consent
from services.reminders.registration.usecases.record_consent import record_consent
from services.reminders.registration.usecases.register_patient import register_patient
from services.reminders.registration.usecases.update_patient import update_patient
from services.reminders.rendering.links import SignedLinks
from services.reminders.unit_of_work import RemindersUnitOfWork, UnitOfWorkFactory

log = get_logger(__name__)

Query = Callable[[RemindersUnitOfWork, Sequence[Any]], Sequence[Any]]
"""Answers several questions of one kind, in their order."""

Execute = Callable[[RemindersUnitOfWork, Any], Any]
"""Executes one command."""


class HandlerDeps(msgspec.Struct, frozen=True, kw_only=True):
    """What use cases need besides their unit of work."""

    planning: Planning
    simulation: SimulationDeps
    sender_rules: SenderRules
    first_senders: Sequence[Sender]
    links: SignedLinks
    is_development: bool


def query_handlers(units: UnitOfWorkFactory, deps: HandlerDeps) -> dict[type[Any], QueryHandler]:
    return {kind: units.query(query) for kind, query in _queries(deps).items()}


def command_handlers(
    units: UnitOfWorkFactory, deps: HandlerDeps
) -> dict[type[Any], CommandHandler]:
    return {kind: units.command(execute) for kind, execute in _commands(deps).items()}


def _queries(deps: HandlerDeps) -> Mapping[type[Any], Query]:
    return {
        reminders.GetClinics: read_clinics.get_clinics,
        reminders.ListClinics: read_clinics.list_clinics,
        senders.ListSenders: list_senders,
        check_ins.ListAlertContacts: alert_contacts.list_alert_contacts,
        reminders.GetPatients: read_patients.get_patients,
        reminders.FindPatient: read_patients.find_patients,
        patient_asks.ListPatients: list_patients.list_patients,
        reminders.GetEnrollments: read_enrollments.get_enrollments,
        reminders.FindEnrollment: read_enrollments.find_enrollments,
        reminders.ListEnrollments: read_enrollments.list_enrollments,
        enrollments.FindEnrollments: read_enrollments.find_enrollments_of_clinic,
        enrollments.ReportDeliveries: report_deliveries.report_deliveries,
        enrollments.ForeseeWithdrawal: withdraw_plan.foresee_withdrawal,
        enrollments.ListTold: withdraw_plan.list_sent,
        reminders.GetReminders: read_reminders.get_reminders,
        reminders.ListReminders: read_reminders.list_reminders,
        reminders.RenderReminder: read_reminders.render_reminders,
        simulation.SimulateEnrollment: partial(simulate_enrollments, deps=deps.simulation),
        check_ins.GetCheckIns: read_check_ins.get_check_ins,
        check_ins.ListCheckIns: read_check_ins.list_check_ins,
        check_ins.ShowCheckIn: read_check_ins.show_check_ins,
        check_ins.GetEscalations: escalations.get_escalations,
        check_ins.ListEscalations: escalations.list_escalations,
        check_ins.ShowAlert: escalations.show_alerts,
        replies.ListTasks: staff_tasks.list_tasks,
        replies.GetTasks: staff_tasks.get_tasks,
        replies.ListInbox: staff_tasks.list_inbox,
        replies.GetInbound: staff_tasks.get_inbound,
        operations.ListTroubled: retry_messages.list_troubled,
        operations.ListHolds: holds.list_holds,
        operations.ListOperations: reports.list_operations,
        operations.ReportEverywhere: reports.report_across_clinics,
        operations.ShowClock: product_clock.show_clock,
        privacy.ShowRetention: retention.show_retention,
        privacy.ListAudit: audit.list_audit,
        privacy.ExportPatient: export_patient.export_patients,
        privacy.ListImportFaults: import_rows.list_faults,
    }


def _commands(deps: HandlerDeps) -> Mapping[type[Any], Execute]:
    return (
        _clinic_commands(deps)
        | _patient_commands()
        | _enrollment_commands(deps.planning)
        | _check_in_commands(deps.links)
        | _operator_commands(is_development=deps.is_development)
    )


def _clinic_commands(deps: HandlerDeps) -> dict[type[Any], Execute]:
    rules = deps.sender_rules
    create = partial(create_clinic, senders=deps.first_senders, is_production=rules.is_production)
    return {
        reminders.CreateClinic: create,
        clinic_asks.ChangeClinic: change_clinic,
        clinic_asks.SuspendClinic: suspend_clinic,
        senders.AddSender: partial(add_sender, rules=rules),
        check_ins.AddAlertContact: alert_contacts.add_alert_contact,
        check_ins.RemoveAlertContact: alert_contacts.remove_alert_contact,
    }


def _patient_commands() -> dict[type[Any], Execute]:
    return {
        reminders.RegisterPatient: register_patient,
        reminders.RecordConsent: record_consent,
        patient_asks.ConfirmConsent: confirm_consent,
        patient_asks.UpdatePatient: update_patient,
        replies.SuppressContact: suppressions.suppress_contact,
        replies.LiftSuppression: suppressions.lift_suppression,
        privacy.StartImport: import_rows.start_import,
        privacy.ImportRows: import_rows.import_rows,
        privacy.ErasePatient: erase_patient.erase_patient,
        privacy.SetRetention: retention.set_retention,
    }


def _enrollment_commands(planning: Planning) -> dict[type[Any], Execute]:
    return {
        reminders.EnrollPatient: partial(enroll_patient, planning=planning),
        reminders.CancelEnrollment: cancel_enrollment,
        enrollments.RescheduleEnrollment: reschedule_enrollment,
        enrollments.RecordProcedure: partial(record_procedure, planning=planning),
        enrollments.PauseEnrollment: pause_enrollment,
        enrollments.ResumeEnrollment: resume_enrollment,
        enrollments.SnoozeReminder: change_reminder.snooze_reminder,
        enrollments.CancelReminder: change_reminder.cancel_reminder,
        enrollments.RetryReminder: change_reminder.retry_reminder,
        enrollments.MigrateEnrollments: partial(migrate_enrollments, planning=planning),
        enrollments.WithdrawPlan: partial(withdraw_plan.withdraw_plan, source=planning.source),
        operations.ReplanReminders: replan_zones,
    }


def _check_in_commands(links: SignedLinks) -> dict[type[Any], Execute]:
    return {
        RecordReceipt: _receive_receipt,
        RecordInbound: _receive_inbound,
        replies.RecordUnsubscribe: unsubscribe,
        check_ins.AnswerCheckIn: answer_check_in.answer_check_in,
        check_ins.AnswerByLink: answer_check_in.answer_by_link,
        check_ins.AcknowledgeEscalation: escalations.acknowledge_escalation,
        check_ins.ResolveEscalation: escalations.resolve_escalation,
        check_ins.AcknowledgeAlert: escalations.acknowledge_alert,
        check_ins.SendTestAlert: partial(alert_staff.send_test_alert, links=links),
        replies.CompleteTask: staff_tasks.complete_task,
    }


def _operator_commands(*, is_development: bool) -> dict[type[Any], Execute]:
    return {
        operations.RetryMessages: retry_messages.retry_messages,
        operations.PlaceHold: holds.place_hold,
        operations.ReleaseHold: holds.release_hold,
        operations.AdvanceClock: partial(
            product_clock.advance_clock, is_development=is_development
        ),
    }


def _receive_receipt(uow: RemindersUnitOfWork, receipt: RecordReceipt) -> bool:
    """Returns whether the attempt is known."""
    effect = record_receipt(uow, receipt)
    if effect.is_contrary:
        log.warning("contrary_receipt", clinic=receipt.clinic_id, attempt=receipt.attempt_id)
    return effect.is_known


def _receive_inbound(uow: RemindersUnitOfWork, inbound: RecordInbound) -> bool:
    """Returns whether the text is new."""
    effect = record_inbound(uow, inbound)
    if not effect.has_clinic:
        log.warning("text_for_nobody", provider=inbound.provider)
    return effect.is_new
