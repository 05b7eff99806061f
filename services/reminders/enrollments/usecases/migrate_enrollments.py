"""Migrates running enrollments to a newer version of their plan, batch by batch."""

from typing import Final

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.enrollments import (
    EnrollmentChanges,
    EnrollmentLeft,
    MigrateEnrollments,
    MigrationReply,
)
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.reminders import Scope
from services.contracts.words import Role
from services.reminders.core.enrollment import RUNNING, EventKind
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.eligibility import Planning, unrenderable
from services.reminders.enrollments.usecases.plan_reminders import merge_visit
from services.reminders.enrollments.usecases.replan import (
    ReplanInput,
    Replanned,
    ReplanReason,
    replan,
    store,
)

_REASON: Final = ReplanReason(code=Reason.PLAN_MIGRATED)
_BASE_LOCALE: Final = "en"


def migrate_enrollments(
    uow: EnrollmentsUnitOfWork,
    command: MigrateEnrollments,
    *,
    planning: Planning,
) -> MigrationReply | Refusal:
    """Migrate one batch in one transaction; a migrated enrollment is not found again."""
    current = planning.source.plan(None, command.plan, _BASE_LOCALE)
    if refusal := _unfit(uow, command, current.plan if current else None):
        return refusal
    keys = uow.enrollment_lists.running(
        command.plan, but_version=command.to_version, after=command.after, limit=command.limit
    )
    results = [_migrate(uow, command, key, planning) for key in keys]
    is_last = len(keys) < command.limit
    return MigrationReply(
        migrated=tuple(result for result in results if isinstance(result, EnrollmentChanges)),
        left=tuple(result for result in results if isinstance(result, EnrollmentLeft)),
        after=None if is_last else (keys[-1].clinic_id, keys[-1].id),
    )


def _unfit(
    uow: EnrollmentsUnitOfWork, command: MigrateEnrollments, current: AftercarePlan | None
) -> Refusal | None:
    if current is None:
        message = f"There is no plan {command.plan} in the current catalog."
        return refuse(UserErrorCode.NOT_FOUND, message, "plan")
    if current.version != command.to_version:
        message = f"The catalog has version {current.version} of {command.plan}: migrate to that."
        return refuse(UserErrorCode.INVALID, message, "to_version")
    if uow.plans.is_withdrawn(current):
        message = f"Version {current.version} of {command.plan} was withdrawn."
        return refuse(UserErrorCode.PLAN_WITHDRAWN, message, "to_version")
    if not 0 < command.limit <= 200:  # noqa: PLR2004 - so that a batch fits one command's time
        return refuse(UserErrorCode.INVALID, "Give a limit of 1 to 200.", "limit")
    return None


def _migrate(
    uow: EnrollmentsUnitOfWork,
    command: MigrateEnrollments,
    key: Key,
    planning: Planning,
) -> EnrollmentChanges | EnrollmentLeft | None:
    """Migrate one enrollment. Returns None if it has ended meanwhile."""
    enrollment = uow.enrollments.get([key])[key]
    patient_key = Key(key.clinic_id, key.mode, enrollment.patient_id)
    uow.patients.lock(patient_key)
    before = uow.enrollments.lock(key)
    if before is None or before.status not in RUNNING:
        return None
    patient = uow.patients.get([patient_key])[patient_key]
    plan = _plan_for(patient, before, command, planning)
    if isinstance(plan, Refusal):
        return EnrollmentLeft(clinic_id=key.clinic_id, enrollment_id=key.id, refusal=plan)
    plan_before = uow.plans.get([before.plan_key])[before.plan_key]
    replan_input = ReplanInput(
        before=before, after=before, plan_before=plan_before, plan_after=plan, patient=patient
    )
    replanned = replan(uow, replan_input, _REASON)
    if not command.dry_run:
        _store(uow, command, replanned)
    return EnrollmentChanges(
        clinic_id=key.clinic_id,
        enrollment_id=key.id,
        from_version=plan_before.version,
        changes=replanned.changes,
    )


def _plan_for(
    patient: Patient, before: Enrollment, command: MigrateEnrollments, planning: Planning
) -> AftercarePlan | Refusal:
    """The version as the patient's clinic has it, if it may be used and can be rendered."""
    usable = planning.usable_plan(before.clinic_id, command.plan, patient.locale)
    if isinstance(usable, Refusal):
        return usable
    return unrenderable(before, patient, usable.plan) or usable.plan


def _store(
    uow: EnrollmentsUnitOfWork,
    command: MigrateEnrollments,
    replanned: Replanned,
) -> None:
    key = replanned.input.key
    scope = Scope(clinic_id=key.clinic_id, mode=key.mode, role=Role.OPERATOR, actor=command.actor)
    version = uow.plans.pin(key.clinic_id, replanned.input.plan_after)
    store(uow, scope, replanned, EnrollmentChange(plan_version_id=version))
    uow.enrollments.add_event(
        key, EventKind.MIGRATED, command.actor, msgspec.msgpack.encode(replanned.changes)
    )
    merge_visit(uow, scope, replanned.input.after)
