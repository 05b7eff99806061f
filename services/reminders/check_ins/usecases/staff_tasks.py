"""What people at a clinic see to: their tasks, and what patients have written."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from services.contracts.errors import UserErrorCode
from services.contracts.replies import (
    CompleteTask,
    GetInbound,
    GetTasks,
    InboundRecord,
    InboxPage,
    ListInbox,
    ListTasks,
    TaskPage,
    TaskRecord,
    TaskReply,
)
from services.reminders.core.books import Key
from services.reminders.core.refusing import refuse


class StaffDesk(Protocol):
    """What lies in another clinic or mode is as if it did not exist.

    A task or message of no one patient is of the mode of those it may be from, else LIVE.
    """

    def tasks(self, ask: ListTasks) -> tuple[Sequence[TaskRecord], int]:
        """A page, with one more where there are further ones, and how many there are in all."""
        ...

    def tasks_by_id(self, keys: Collection[Key]) -> Mapping[Key, TaskRecord]: ...

    def complete(self, key: Key, by: str, note: str | None) -> None:
        """Only what is open: the first to finish it stands."""
        ...

    def inbox(self, ask: ListInbox) -> Sequence[InboundRecord]:
        """A page, with one more where there are further ones."""
        ...

    def inbound_by_id(self, keys: Collection[Key]) -> Mapping[Key, InboundRecord]: ...


def list_tasks(desk: StaffDesk, asks: Sequence[ListTasks]) -> list[TaskPage]:
    return [_task_page(desk, ask) for ask in asks]


def _task_page(desk: StaffDesk, ask: ListTasks) -> TaskPage:
    found, total = desk.tasks(ask)
    return TaskPage(items=tuple(found[: ask.limit]), has_more=len(found) > ask.limit, total=total)


def get_tasks(desk: StaffDesk, asks: Sequence[GetTasks]) -> list[tuple[TaskRecord | None, ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = desk.tasks_by_id([key for some in keys for key in some])
    return [tuple(found.get(key) for key in some) for some in keys]


def list_inbox(desk: StaffDesk, asks: Sequence[ListInbox]) -> list[InboxPage]:
    return [_inbox_page(desk, ask) for ask in asks]


def _inbox_page(desk: StaffDesk, ask: ListInbox) -> InboxPage:
    found = desk.inbox(ask)
    return InboxPage(items=tuple(found[: ask.limit]), has_more=len(found) > ask.limit)


def get_inbound(
    desk: StaffDesk, asks: Sequence[GetInbound]
) -> list[tuple[InboundRecord | None, ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = desk.inbound_by_id([key for some in keys for key in some])
    return [tuple(found.get(key) for key in some) for some in keys]


def complete_task(desk: StaffDesk, command: CompleteTask) -> TaskReply:
    """Finish a task; doing it again, or after somebody else did, changes nothing."""
    key = Key.within(command.scope, command.task_id)
    if key not in desk.tasks_by_id([key]):
        refusal = refuse(UserErrorCode.NOT_FOUND, "There is no such task.", "task_id")
        return TaskReply(refusals=(refusal,))
    desk.complete(key, command.scope.actor, command.note)
    return TaskReply(task=desk.tasks_by_id([key])[key])
