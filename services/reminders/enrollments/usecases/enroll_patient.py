"""Enrolls a patient in an aftercare plan and plans every reminder of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.contracts.catalog import AftercarePlan, Purpose
from services.contracts.content import ClinicPlan
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.reminders import EnrollmentReply, EnrollPatient
from services.contracts.words import ProcedureState
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.structs import struct_from
from services.reminders.enrollments.domain.enrollment import NewEnrollment
from services.reminders.enrollments.domain.planning import (
    has_any_route,
    paper_copy_cautions,
    plan_for,
    sender_cautions,
    times_for,
)
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.eligibility import (
    SURELY_OVER_AFTER,
    Planning,
    are_aware,
    cannot_be_alerted,
    is_end_of,
    not_eligible,
    start_faults,
    text_faults,
    unrenderable,
    visit_enrolled,
    without_offset,
)
from services.reminders.enrollments.usecases.plan_reminders import plan_reminders
from services.reminders.enrollments.usecases.read_enrollments import (
    enrollment_record,
    enrollment_records,
)
from services.reminders.patients.usecases.patient_input import key_faults

MUTATION: Final = "enrollPatient"


def enroll_patient(
    uow: EnrollmentsUnitOfWork,
    command: EnrollPatient,
    *,
    planning: Planning,
) -> EnrollmentReply:
    """Enroll once for each idempotency key; cautions name what will not be sent.

    The rules about patients and clinics are stricter in production.
    """
    remembered = uow.idempotency.get(MUTATION, command)
    if remembered is None:
        reply = _enroll_new(uow, command, planning)
        if reply.enrollment:
            uow.idempotency.put(MUTATION, command, reply.enrollment.id)
        return reply
    if remembered.is_same_input:
        return _existing(uow, command, remembered.result_id)
    message = "This idempotency key was used for another enrollment."
    return EnrollmentReply.refused(refuse(UserErrorCode.CONFLICT, message, "idempotency_key"))


def _enroll_new(
    uow: EnrollmentsUnitOfWork, command: EnrollPatient, planning: Planning
) -> EnrollmentReply:
    key = Key.within(command.scope, command.patient_id)
    if not uow.patients.lock(key):
        return EnrollmentReply.refused(not_found("patient"))
    faults = (
        *key_faults(command.idempotency_key),
        *text_faults(
            performed_by=command.performed_by,
            reference=command.reference,
            visit_reference=command.visit_reference,
        ),
        *_time_faults(uow, command),
    )
    if faults:
        return EnrollmentReply.refused(*faults)
    patient = uow.patients.get([key])[key]
    if refusal := not_eligible(patient, is_production=planning.is_production):
        return EnrollmentReply.refused(refusal)
    clinic_plan = planning.usable_plan(command.scope.clinic_id, command.plan, patient.locale)
    if isinstance(clinic_plan, Refusal):
        return EnrollmentReply.refused(clinic_plan)
    plan = clinic_plan.plan
    refusal = (
        cannot_be_alerted(uow, command.scope.clinic_id, plan, is_production=planning.is_production)
        or _obstacle(uow, command, patient, clinic_plan)
        or unrenderable(command, patient, plan)
    )
    return EnrollmentReply.refused(refusal) if refusal else _enroll(uow, command, patient, plan)


def _enroll(
    uow: EnrollmentsUnitOfWork, command: EnrollPatient, patient: Patient, plan: AftercarePlan
) -> EnrollmentReply:
    scope, now = command.scope, uow.now()
    times = times_for(patient, command.procedure_at, command.procedure_ended_at, now)
    planned = plan_for(plan, patient, times)
    new = struct_from(
        NewEnrollment,
        command,
        plan_version_id=uow.plans.pin(scope.clinic_id, plan),
        procedure_state=_state(command, now),
        ends_at=planned.ends_at,
    )
    enrollment = uow.enrollments.add(scope, new)
    channels = uow.clinics.sending_channels(scope.clinic_id)
    plan_reminders(uow, scope, enrollment, planned)
    cautions = (
        *planned.cautions,
        *sender_cautions(planned, channels),
        *paper_copy_cautions(planned, times, channels),
    )
    (record,) = enrollment_records(uow, [enrollment])
    return EnrollmentReply(enrollment=record, cautions=cautions)


def _state(command: EnrollPatient, now: datetime) -> ProcedureState:
    """Enrolling a patient after the procedure counts as confirmation that it took place.

    A procedure that lies ahead, or has only begun, has to be recorded when it is over.
    """
    over_at = command.procedure_ended_at or command.procedure_at + SURELY_OVER_AFTER
    return ProcedureState.PERFORMED if over_at <= now else ProcedureState.PLANNED


def _time_faults(uow: EnrollmentsUnitOfWork, command: EnrollPatient) -> Iterator[Refusal]:
    started_at, ended_at = command.procedure_at, command.procedure_ended_at
    if not are_aware(started_at, ended_at):
        yield without_offset("procedure_at")
        return
    yield from start_faults(started_at, uow.now())
    if ended_at is not None and not is_end_of(started_at, ended_at):
        message = "A procedure ends within 24 hours of its start, and not before it."
        yield refuse(UserErrorCode.INVALID, message, "procedure_ended_at")


def _obstacle(
    uow: EnrollmentsUnitOfWork, command: EnrollPatient, patient: Patient, clinic_plan: ClinicPlan
) -> Refusal | None:
    scope, reference = command.scope, command.reference
    existing = uow.enrollments.claim_reference(scope, reference) if reference else None
    if existing is not None:
        message = "Another enrollment of the clinic has this reference."
        return refuse(UserErrorCode.CONFLICT, message, "reference", existing_id=existing)
    if refusal := visit_enrolled(uow, command, clinic_plan):
        return refusal
    if uow.plans.is_withdrawn(clinic_plan.plan):
        message = "This version of the plan was withdrawn."
        return refuse(UserErrorCode.PLAN_WITHDRAWN, message, "plan")
    if not has_any_route(patient, Purpose.CARE):
        message = "No channel the patient wants may be used for care: record a consent first."
        return refuse(UserErrorCode.NO_CONSENT, message, "patient_id")
    return None


def _existing(uow: EnrollmentsUnitOfWork, command: EnrollPatient, number: int) -> EnrollmentReply:
    record = enrollment_record(uow, Key.within(command.scope, number))
    return EnrollmentReply(enrollment=record)
