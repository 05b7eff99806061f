"""Reads the plan version that an enrollment is pinned to."""

from services.contracts.catalog import AftercareStep, Voice
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.enrollments.domain.enrollment import Enrollment


def asked_step(uow: CheckInsUnitOfWork, check_in: CheckIn) -> AftercareStep | None:
    """The step that asked this question, or None if the plan version has no such step."""
    key = (check_in.key.clinic_id, check_in.plan_version_id)
    steps = uow.plans.get([key])[key].steps
    return next((step for step in steps if step.key == check_in.step_key), None)


def plan_voice(uow: CheckInsUnitOfWork, enrollment: Enrollment) -> Voice | None:
    """The name and phone number that the plan version's texts use."""
    key = (enrollment.clinic_id, enrollment.plan_version_id)
    return uow.plans.get([key])[key].voice
