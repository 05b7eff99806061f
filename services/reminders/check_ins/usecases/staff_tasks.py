"""What people at a clinic see to: their tasks, and what patients have written."""

from collections.abc import Sequence

from services.contracts.errors import UserErrorCode
from services.contracts.events import TaskChanged
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
from services.reminders.check_ins.storage.staff_tasks import StaffTaskRepository
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.core.key import Key
from services.reminders.core.refusing import refuse


def list_tasks(uow: CheckInsUnitOfWork, asks: Sequence[ListTasks]) -> list[TaskPage]:
    return [_task_page(uow.staff_tasks, ask) for ask in asks]


def _task_page(uow: StaffTaskRepository, ask: ListTasks) -> TaskPage:
    found, total = uow.tasks(ask)
    return TaskPage(items=tuple(found[: ask.limit]), has_more=len(found) > ask.limit, total=total)


def get_tasks(
    uow: CheckInsUnitOfWork, asks: Sequence[GetTasks]
) -> list[tuple[TaskRecord | None, ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = uow.staff_tasks.tasks_by_id([key for some in keys for key in some])
    return [tuple(found.get(key) for key in some) for some in keys]


def list_inbox(uow: CheckInsUnitOfWork, asks: Sequence[ListInbox]) -> list[InboxPage]:
    return [_inbox_page(uow.staff_tasks, ask) for ask in asks]


def _inbox_page(uow: StaffTaskRepository, ask: ListInbox) -> InboxPage:
    found = uow.inbox(ask)
    return InboxPage(items=tuple(found[: ask.limit]), has_more=len(found) > ask.limit)


def get_inbound(
    uow: CheckInsUnitOfWork, asks: Sequence[GetInbound]
) -> list[tuple[InboundRecord | None, ...]]:
    keys = [[Key.within(ask.scope, number) for number in ask.ids] for ask in asks]
    found = uow.staff_tasks.inbound_by_id([key for some in keys for key in some])
    return [tuple(found.get(key) for key in some) for some in keys]


def complete_task(uow: CheckInsUnitOfWork, command: CompleteTask) -> TaskReply:
    """Finish a task; doing it again, or after somebody else did, changes nothing."""
    key = Key.within(command.scope, command.task_id)
    if key not in uow.staff_tasks.tasks_by_id([key]):
        refusal = refuse(UserErrorCode.NOT_FOUND, "There is no such task.", "task_id")
        return TaskReply(refusals=(refusal,))
    uow.staff_tasks.complete(key, command.scope.actor, command.note)
    uow.announce(TaskChanged(clinic_id=key.clinic_id, task_id=key.id))
    return TaskReply(task=uow.staff_tasks.tasks_by_id([key])[key])
