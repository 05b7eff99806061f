"""Puts planned times right after the rules of a zone have changed."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from services.contracts.events import ReminderChanged
from services.contracts.replanning import Place, ReplanReminders, ReplanReply, RetimedReminder
from services.reminders.core.books import Books
from services.reminders.enrollments.domain.replanning import Timing, is_exact, retimed


class WaitingReminder(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    id: int
    plan_version_id: int
    step_key: str
    state_reason: str | None
    timing: Timing

    @property
    def place(self) -> Place:
        return self.clinic_id, self.id


class Waiting(Protocol):
    def after(self, place: Place, limit: int) -> Sequence[WaitingReminder]:
        """Hold reminders that wait to be sent, in order; those that others hold are left out."""
        ...

    def retime(self, retimed: Sequence[tuple[WaitingReminder, Timing]]) -> None: ...


def replan_zones(books: Books, waiting: Waiting, command: ReplanReminders) -> ReplanReply:
    found = waiting.after(command.after, command.limit)
    plans = books.plans.get({(one.clinic_id, one.plan_version_id) for one in found})
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
        waiting.retime(changed)
        for one, _ in changed:
            books.announce(ReminderChanged(clinic_id=one.clinic_id, reminder_id=one.id))
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
