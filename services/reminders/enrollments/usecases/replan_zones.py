"""Replans waiting reminders after the rules of a time zone have changed."""

from services.contracts.events import ReminderChanged
from services.contracts.operations import ReplanReminders, ReplanReply, RetimedReminder
from services.reminders.enrollments.domain.replanning import (
    Timing,
    WaitingReminder,
    is_exact,
    retimed,
)
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork


def replan_zones(
    uow: EnrollmentsUnitOfWork, command: ReplanReminders, *, zone_data: str
) -> ReplanReply:
    """Correct a batch by the current zones, whose release is `zone_data`."""
    reminders = uow.waiting_reminders.after(command.after, command.limit)
    plans = uow.plans.get({(item.clinic_id, item.plan_version_id) for item in reminders})
    changed: list[tuple[WaitingReminder, Timing]] = []
    for reminder in reminders:
        steps = plans[reminder.clinic_id, reminder.plan_version_id].steps
        step = next((step for step in steps if step.key == reminder.step_key), None)
        timing = step and retimed(
            reminder.timing,
            keeps_instant=is_exact(step, reminder.state_reason),
            keeps_usefulness=step.after is not None,
        )
        if timing:
            changed.append((reminder, timing))
    if not command.is_rehearsal:
        uow.waiting_reminders.retime(changed)
        for reminder, _ in changed:
            uow.announce(ReminderChanged(clinic_id=reminder.clinic_id, reminder_id=reminder.id))
    return ReplanReply(
        looked_at=len(reminders),
        retimed=tuple(_retimed(reminder, timing) for reminder, timing in changed),
        zone_data=zone_data,
        next=reminders[-1].place if len(reminders) == command.limit else None,
    )


def _retimed(reminder: WaitingReminder, becomes: Timing) -> RetimedReminder:
    return RetimedReminder(
        clinic_id=reminder.clinic_id,
        id=reminder.id,
        was=reminder.timing.due_at,
        becomes=becomes.due_at,
        local_due_at=becomes.local_due_at,
    )
