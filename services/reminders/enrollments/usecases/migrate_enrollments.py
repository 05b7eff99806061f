"""Takes running enrollments to a newer version of their plan, batch by batch."""

from typing import Final

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.enrollments import (
    EnrollmentChanges,
    EnrollmentLeft,
    MigrateEnrollments,
    MigrationReply,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus, Role
from services.reminders.core.books import Books, Enrollment, Key
from services.reminders.core.enrollment_events import EventKind
from services.reminders.core.patient import Patient
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.usecases.clinic_plan import Planning, usable
from services.reminders.enrollments.usecases.enroll_patient import unsaid
from services.reminders.enrollments.usecases.enrollment_ports import (
    EnrollmentChange,
    EnrollmentLife,
    EnrollmentLists,
)
from services.reminders.enrollments.usecases.merge_visit import merge_visit
from services.reminders.enrollments.usecases.replan import Course, Replanned, Why, replan, store

_WHY: Final = Why(code="PLAN_MIGRATED")
_RUNNING: Final = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
_BASE_LOCALE: Final = "en"


def migrate_enrollments(
    books: Books,
    life: EnrollmentLife,
    lists: EnrollmentLists,
    command: MigrateEnrollments,
    *,
    using: Planning,
) -> MigrationReply | Refusal:
    """Migrate one batch in one transaction; one that was migrated is not found again."""
    current = using.source.plan(None, command.plan, _BASE_LOCALE)
    if refusal := _unfit(books, command, current.plan if current else None):
        return refusal
    keys = lists.of_plan(
        command.plan, but_version=command.to_version, after=command.after, limit=command.limit
    )
    done = [_migrate(books, life, command, key, using) for key in keys]
    is_last = len(keys) < command.limit
    return MigrationReply(
        migrated=tuple(one for one in done if isinstance(one, EnrollmentChanges)),
        left=tuple(one for one in done if isinstance(one, EnrollmentLeft)),
        after=None if is_last else (keys[-1].clinic_id, keys[-1].id),
    )


def _unfit(
    books: Books, command: MigrateEnrollments, current: AftercarePlan | None
) -> Refusal | None:
    if current is None:
        message = f"There is no plan {command.plan} in the current catalog."
        return refuse(UserErrorCode.NOT_FOUND, message, "plan")
    if current.version != command.to_version:
        message = f"The catalog has version {current.version} of {command.plan}: migrate to that."
        return refuse(UserErrorCode.INVALID, message, "to_version")
    if books.plans.is_withdrawn(current):
        message = f"Version {current.version} of {command.plan} was withdrawn."
        return refuse(UserErrorCode.PLAN_WITHDRAWN, message, "to_version")
    if not 0 < command.limit <= 200:  # noqa: PLR2004 - so that a batch fits one command's time
        return refuse(UserErrorCode.INVALID, "Give a limit of 1 to 200.", "limit")
    return None


def _migrate(
    books: Books, life: EnrollmentLife, command: MigrateEnrollments, key: Key, using: Planning
) -> EnrollmentChanges | EnrollmentLeft | None:
    """None for what ended meanwhile."""
    found = books.enrollments.get([key])[key]
    patient_key = Key(key.clinic_id, key.mode, found.patient_id)
    books.patients.lock(patient_key)
    before = books.enrollments.lock(key)
    if before is None or before.status not in _RUNNING:
        return None
    patient = books.patients.get([patient_key])[patient_key]
    plan = _plan_for(patient, before, command, using)
    if isinstance(plan, Refusal):
        return EnrollmentLeft(clinic_id=key.clinic_id, enrollment_id=key.id, refusal=plan)
    pinned = (before.clinic_id, before.plan_version_id)
    plan_before = books.plans.get([pinned])[pinned]
    course = Course(
        before=before, after=before, plan_before=plan_before, plan_after=plan, patient=patient
    )
    done = replan(books, life, course, _WHY)
    if not command.dry_run:
        _store(books, life, command, done)
    return EnrollmentChanges(
        clinic_id=key.clinic_id,
        enrollment_id=key.id,
        from_version=plan_before.version,
        changes=done.changes,
    )


def _plan_for(
    patient: Patient, before: Enrollment, command: MigrateEnrollments, using: Planning
) -> AftercarePlan | Refusal:
    """Take the version as the patient's clinic has it, if it may be used and can be said."""
    found = using.source.plan(before.clinic_id, command.plan, patient.locale)
    plan = usable(found, is_production=using.is_production)
    if isinstance(plan, Refusal):
        return plan
    said = unsaid(before.procedure_at, before.procedure_ended_at, patient, plan, using.renderer)
    return said or plan


def _store(
    books: Books, life: EnrollmentLife, command: MigrateEnrollments, done: Replanned
) -> None:
    key = done.course.key
    scope = Scope(clinic_id=key.clinic_id, mode=key.mode, role=Role.OPERATOR, actor=command.actor)
    version = books.plans.pin(key.clinic_id, done.course.plan_after)
    store(books, life, scope, done, EnrollmentChange(plan_version_id=version))
    life.note(key, EventKind.MIGRATED, command.actor, msgspec.msgpack.encode(done.changes))
    merge_visit(books, scope, done.course.after)
