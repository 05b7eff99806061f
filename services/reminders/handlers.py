"""Maps each ask to its use case."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from services.chassis.answer import CommandHandler, QueryHandler
from services.chassis.logs import get_logger
from services.chassis.zone_data import zone_data_version
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
from services.contracts.incoming import RecordInbound, RecordReceipt, RecordUnreadMail
from services.reminders.check_ins.usecases import (
    alert_staff,
    answer_check_in,
    escalations,
    read_check_ins,
    staff_tasks,
)
from services.reminders.check_ins.usecases.explain_reply import ExplainDeps, explain_replies
from services.reminders.check_ins.usecases.record_inbound import InboundRules, record_inbound
from services.reminders.check_ins.usecases.record_unread_mail import record_unread_mail
from services.reminders.check_ins.usecases.reply_readers import ReplyReaders
from services.reminders.clinics.usecases import alert_contacts
from services.reminders.clinics.usecases.add_sender import SenderRules, add_sender, list_senders
from services.reminders.clinics.usecases.clinics import (
    change_clinic,
    create_clinic,
    get_clinics,
    list_clinics,
)
from services.reminders.consent.usecases.opt_out import unsubscribe
from services.reminders.core.key import Key
from services.reminders.core.senders import Sender
from services.reminders.delivery.usecases.record_receipt import record_receipt
from services.reminders.enrollments.usecases import (
    change_reminder,
    read_enrollments,
    read_reminders,
    withdraw_plan,
)
from services.reminders.enrollments.usecases.eligibility import Planning
from services.reminders.enrollments.usecases.enroll_patient import enroll_patient
from services.reminders.enrollments.usecases.enrollment_status import (
    cancel_enrollment,
    pause_enrollment,
    resume_enrollment,
)
from services.reminders.enrollments.usecases.migrate_enrollments import migrate_enrollments
from services.reminders.enrollments.usecases.record_procedure import record_procedure
from services.reminders.enrollments.usecases.replan_zones import replan_zones
from services.reminders.enrollments.usecases.reschedule_enrollment import reschedule_enrollment
from services.reminders.enrollments.usecases.simulate_enrollment import (
    SimulationDeps,
    simulate_enrollment,
)
from services.reminders.operations.usecases import holds, product_clock, reports, retry_messages
from services.reminders.operations.usecases.holds import suspend_clinic
from services.reminders.patients.usecases import read_patients, suppressions
from services.reminders.privacy.usecases import audit, patient_data, retention
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

ReadOne = Callable[[RemindersUnitOfWork, Any], Any]
"""Answers one question."""

ReadKeys = Callable[[RemindersUnitOfWork, Sequence[Key]], Mapping[Key, Any]]
"""Reads rows by their keys."""

Execute = Callable[[RemindersUnitOfWork, Any], Any]
"""Executes one command."""


class HandlerDeps(msgspec.Struct, frozen=True, kw_only=True):
    """What use cases need besides their unit of work."""

    planning: Planning
    readers: ReplyReaders
    simulation: SimulationDeps
    sender_rules: SenderRules
    first_senders: Sequence[Sender]
    links: SignedLinks
    opt_out_words: tuple[str, ...]
    is_development: bool


def query_handlers(units: UnitOfWorkFactory, deps: HandlerDeps) -> dict[type[Any], QueryHandler]:
    return {kind: units.query(query) for kind, query in _queries(deps).items()}


def command_handlers(
    units: UnitOfWorkFactory, deps: HandlerDeps
) -> dict[type[Any], CommandHandler]:
    return {kind: units.command(execute) for kind, execute in _commands(deps).items()}


def _queries(deps: HandlerDeps) -> Mapping[type[Any], Query]:
    return {
        reminders.GetClinics: get_clinics,
        reminders.ListClinics: list_clinics,
        senders.ListSenders: _per_ask(list_senders),
        check_ins.ListAlertContacts: _per_ask(alert_contacts.list_alert_contacts),
        reminders.GetPatients: by_ids(read_patients.get_patients),
        reminders.FindPatient: read_patients.find_patients,
        patient_asks.ListPatients: _per_ask(read_patients.list_patients),
        reminders.GetEnrollments: by_ids(read_enrollments.get_enrollments),
        reminders.FindEnrollment: read_enrollments.find_enrollments,
        reminders.ListEnrollments: read_enrollments.list_enrollments,
        enrollments.FindEnrollments: read_enrollments.find_enrollments_of_clinic,
        enrollments.ReportDeliveries: _per_ask(read_reminders.report_deliveries),
        enrollments.ForeseeWithdrawal: _per_ask(withdraw_plan.foresee_withdrawal),
        enrollments.ListTold: _per_ask(withdraw_plan.list_sent),
        reminders.GetReminders: by_ids(read_reminders.get_reminders),
        reminders.ListReminders: read_reminders.list_reminders,
        reminders.RenderReminder: read_reminders.render_reminders,
        simulation.SimulateEnrollment: _per_ask(partial(simulate_enrollment, deps=deps.simulation)),
        **_check_in_queries(deps),
        operations.ListTroubled: _per_ask(retry_messages.list_troubled),
        operations.ListHolds: _per_ask(holds.list_holds),
        operations.ListOperations: _per_ask(reports.list_operations),
        operations.ReportEverywhere: _per_ask(reports.report_across_clinics),
        operations.ShowClock: product_clock.show_clock,
        operations.ShowZoneData: lambda _, asks: [zone_data_version() for _ in asks],
        privacy.ShowRetention: _per_ask(retention.show_retention),
        privacy.ListAudit: _per_ask(audit.list_audit),
        privacy.ExportPatient: _per_ask(patient_data.export_patient),
        privacy.ListImportFaults: _per_ask(import_rows.list_faults),
    }


def _check_in_queries(deps: HandlerDeps) -> Mapping[type[Any], Query]:
    explaining = ExplainDeps(source=deps.planning.source, readers=deps.readers)
    return {
        check_ins.GetCheckIns: by_ids(read_check_ins.get_check_ins),
        check_ins.ListCheckIns: read_check_ins.list_check_ins,
        check_ins.ShowCheckIn: _per_ask(read_check_ins.show_check_in),
        check_ins.GetEscalations: by_ids(escalations.get_escalations),
        check_ins.ListEscalations: _per_ask(escalations.list_escalations),
        check_ins.ShowAlert: _per_ask(escalations.show_alert),
        replies.ExplainReply: partial(explain_replies, deps=explaining),
        replies.ListTasks: _per_ask(staff_tasks.list_tasks),
        replies.GetTasks: by_ids(staff_tasks.get_tasks),
        replies.ListInbox: _per_ask(staff_tasks.list_inbox),
        replies.GetInbound: by_ids(staff_tasks.get_inbound),
    }


def _per_ask(read: ReadOne) -> Query:
    return lambda uow, questions: [read(uow, question) for question in questions]


def by_ids(read: ReadKeys) -> Query:
    """Read the ids of all questions at once. Returns the rows of each, None for a missing one."""

    def answer(uow: RemindersUnitOfWork, questions: Sequence[Any]) -> list[tuple[Any, ...]]:
        asked = [
            [Key.within(question.scope, number) for number in question.ids]
            for question in questions
        ]
        rows = read(uow, [key for keys in asked for key in keys])
        return [tuple(rows.get(key) for key in keys) for keys in asked]

    return answer


def _commands(deps: HandlerDeps) -> Mapping[type[Any], Execute]:
    return (
        _clinic_commands(deps)
        | _patient_commands()
        | _enrollment_commands(deps.planning)
        | _check_in_commands(deps)
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
        privacy.ErasePatient: patient_data.erase_patient,
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
        operations.ReplanReminders: lambda uow, command: replan_zones(
            uow, command, zone_data=zone_data_version()
        ),
    }


def _check_in_commands(deps: HandlerDeps) -> dict[type[Any], Execute]:
    return {
        RecordReceipt: _receive_receipt,
        RecordInbound: partial(_receive_inbound, deps=deps),
        RecordUnreadMail: record_unread_mail,
        replies.RecordUnsubscribe: unsubscribe,
        check_ins.AnswerCheckIn: lambda uow, command: answer_check_in.answer_check_in(
            uow, command, deps.readers.reader()
        ),
        check_ins.AnswerByLink: lambda uow, command: answer_check_in.answer_by_link(
            uow, command, deps.readers.reader()
        ),
        check_ins.AcknowledgeEscalation: escalations.acknowledge_escalation,
        check_ins.ResolveEscalation: escalations.resolve_escalation,
        check_ins.AcknowledgeAlert: escalations.acknowledge_alert,
        check_ins.SendTestAlert: partial(alert_staff.send_test_alert, links=deps.links),
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


def _receive_inbound(uow: RemindersUnitOfWork, inbound: RecordInbound, deps: HandlerDeps) -> bool:
    """Returns whether the text is new."""
    rules = InboundRules(reader=deps.readers.reader(), opt_out_words=deps.opt_out_words)
    effect = record_inbound(uow, inbound, rules)
    if not effect.has_clinic:
        log.warning("text_for_nobody", provider=inbound.provider)
    return effect.is_new
