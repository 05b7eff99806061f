"""Says when a patient would go home without a word: then the desk hands out paper."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from services.contracts.catalog import Channel, StepKind
from services.contracts.errors import Caution
from services.contracts.words import ReminderStatus
from services.reminders.core.enrollment import follows_procedure
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.revision import Spot
from services.reminders.enrollments.domain.schedule import PlannedStep, nominal_at
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.plan_reminders import Planned, occasion_of

_FIRST_HOURS: Final = timedelta(hours=12)
_SOON: Final = timedelta(hours=2)
"""Later than this after it was meant, the first advice is too late for the way home."""


def paper_copy_cautions(
    uow: EnrollmentsUnitOfWork,
    planned: Planned,
    enrollment: Enrollment,
    patient: Patient,
    carriers: Collection[Channel],
    begun: Collection[Spot] = (),
) -> Iterator[Caution]:
    """Name each step of the first hours that will not reach the patient in time.

    `carriers` are the channels that the clinic has an address of its own for.
    """
    reached = {step_key for step_key, _ in begun}
    ended_at = enrollment.procedure_ended_at or enrollment.procedure_at
    occasion = occasion_of(enrollment, patient, uow.now())
    for one in filter(_is_advice, planned.placed):
        meant_at = nominal_at(one.step, occasion)
        if meant_at >= ended_at + _FIRST_HOURS or one.step.key in reached:
            continue
        why = _missing(planned, one, max(meant_at, uow.now()), carriers)
        if why:
            message = f"“{one.step.title}” {why}: hand out a paper copy at the desk."
            yield Caution(code="PAPER_COPY_NEEDED", message=message, step_key=one.step.key)


def _is_advice(one: PlannedStep) -> bool:
    return one.step.kind is StepKind.CARE and follows_procedure(one.step)


def _missing(
    planned: Planned, one: PlannedStep, wanted_at: datetime, carriers: Collection[Channel]
) -> str | None:
    due = [
        each.due_at
        for each in planned.reminders
        if each.step_key == one.step.key
        and each.state is ReminderStatus.SCHEDULED
        and each.channel in carriers
    ]
    if not due:
        return "cannot be sent"
    return "can be sent only hours later" if min(due) > wanted_at + _SOON else None
