"""Many questions of one kind in one ask: the lists of many parents, answered in their order."""

from services.contracts.ask import Ask
from services.contracts.reminders import (
    EnrollmentPage,
    ListEnrollments,
    ListReminders,
    ReminderPage,
    RenderReminder,
)


class ListRemindersTogether(Ask[tuple[ReminderPage, ...]], frozen=True, kw_only=True):
    asks: tuple[ListReminders, ...]


class ListEnrollmentsTogether(Ask[tuple[EnrollmentPage, ...]], frozen=True, kw_only=True):
    asks: tuple[ListEnrollments, ...]


class RenderRemindersTogether(Ask[tuple[str | None, ...]], frozen=True, kw_only=True):
    asks: tuple[RenderReminder, ...]
