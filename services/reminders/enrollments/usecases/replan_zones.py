"""Puts planned times right after the rules of a zone have changed."""

from services.contracts.events import ReminderChanged
from services.contracts.replanning import ReplanReminders, ReplanReply, RetimedReminder
from services.reminders.enrollments.domain.replanning import Timing, is_exact, retimed
from services.reminders.enrollments.domain.waiting_reminder import WaitingReminder
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork


def replan_zones(uow: EnrollmentsUnitOfWork, command: ReplanReminders) -> ReplanReply:
    found = uow.waiting_reminders.after(command.after, command.limit)
    plans = uow.plans.get({(one.clinic_id, one.plan_version_id) for one in found})
    changed: list[tuple[WaitingReminder, Timing]] = []
    for one in found:
        steps = plans[one.clinic_id, one.plan_version_id].steps
        step = next((step for step in steps if step.key == one.step_key), None)
        timing = step and retimed(
            one.timing,
            keeps_instant=is_exact(step, one.state_reason),
            keeps_usefulness=step.after is not None,
        )
        if timing:
            changed.append((one, timing))
    if not command.is_rehearsal:
        uow.waiting_reminders.retime(changed)
        for one, _ in changed:
            uow.announce(ReminderChanged(clinic_id=one.clinic_id, reminder_id=one.id))
    return ReplanReply(
        looked_at=len(found),
        retimed=tuple(_told(one, timing) for one, timing in changed),
        next=found[-1].place if len(found) == command.limit else None,
    )


def _told(one: WaitingReminder, becomes: Timing) -> RetimedReminder:
    return RetimedReminder(
        clinic_id=one.clinic_id,
        id=one.id,
        was=one.timing.due_at,
        becomes=becomes.due_at,
        local_due_at=becomes.local_due_at,
    )
