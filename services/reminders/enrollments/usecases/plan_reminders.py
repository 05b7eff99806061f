"""Stores planned reminders and staff tasks; doing it twice changes nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from services.contracts.reminders import Scope
from services.contracts.words import ReminderStatus
from services.reminders.core.patient import Patient
from services.reminders.core.visits import regroup, slot
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.planning import Planned, plan_for, times_of
from services.reminders.enrollments.domain.reminders import NewReminder
from services.reminders.enrollments.domain.schedule import SENT_LATE, StepOutcome
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.merged_texts import MergedTexts


def plan_reminders(
    uow: EnrollmentsUnitOfWork, scope: Scope, enrollment: Enrollment, planned: Planned
) -> None:
    """Store every reminder that can be sent, and open every task."""
    _store(uow, scope, enrollment, planned.reminders)
    uow.step_tasks.open(scope, enrollment.patient_id, enrollment.id, planned.tasks)


def plan_missing(
    uow: EnrollmentsUnitOfWork, scope: Scope, enrollment: Enrollment, patient: Patient
) -> None:
    """Plan what a consent given after enrollment permits, except what is late already.

    What was skipped because no consent stood, after a STOP for instance, is planned again.
    """
    plan = uow.plans.get([enrollment.plan_key])[enrollment.plan_key]
    planned = plan_for(plan, patient, times_of(enrollment, patient, uow.now()))
    timely = {
        planned_step.step.key
        for planned_step in planned.steps
        if planned_step.outcome is StepOutcome.DUE and SENT_LATE.isdisjoint(planned_step.decided)
    }
    key = enrollment.key
    denied = uow.planned_reminders.denied(key)
    permitted = [
        msgspec.structs.replace(
            reminder, generation=denied.get((reminder.step_key, reminder.channel), -1) + 1
        )
        for reminder in planned.reminders
        if reminder.step_key in timely
    ]
    _store(uow, scope, enrollment, permitted)


def merge_visit(uow: EnrollmentsUnitOfWork, scope: Scope, enrollment: Enrollment) -> None:
    """Merge messages of a visit that fall into one hour and fit one text, or split them again.

    Call it in the transaction that plans, moves or cancels messages of an enrollment, or changes
    whether it is active or its procedure was performed. It looks at the whole visit if the
    enrollment has a visit reference, else at the enrollment. Doing it twice changes nothing.
    """
    messages = uow.visits.lock(scope, enrollment)
    states = {message.id: message.state for message in messages}
    hosts = {message.merged_into for message in messages if message.merged_into}
    unread = {host for host in hosts if host not in states}
    if unread:
        states |= uow.visits.states(scope.clinic_id, unread)
    fits = MergedTexts(uow, scope, messages).fit
    regrouping = regroup(messages, states, now=uow.now(), fits=fits)
    uow.announce_reminders(scope.clinic_id, uow.visits.apply(scope.clinic_id, regrouping))


def _store(
    uow: EnrollmentsUnitOfWork,
    scope: Scope,
    enrollment: Enrollment,
    reminders: Sequence[NewReminder],
) -> None:
    """Store what is not planned yet, and merge it with what falls into the same hour."""
    uow.announce_reminders(scope.clinic_id, uow.planned_reminders.add(scope, enrollment, reminders))
    if enrollment.visit_reference is not None or _share_an_hour(reminders):
        merge_visit(uow, scope, enrollment)


def _share_an_hour(reminders: Iterable[NewReminder]) -> bool:
    hours = Counter(
        (reminder.channel, reminder.purpose, slot(reminder.local_due_at))
        for reminder in reminders
        if reminder.state is ReminderStatus.SCHEDULED
    )
    return any(count > 1 for count in hours.values())
