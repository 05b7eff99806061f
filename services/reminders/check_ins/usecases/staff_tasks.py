"""Lists the tasks and the inbox of a clinic's staff, and completes tasks."""

from collections.abc import Collection, Mapping

from services.contracts.errors import not_found
from services.contracts.events import TaskChanged
from services.contracts.replies import (
    CompleteTask,
    InboundRecord,
    InboxPage,
    ListInbox,
    ListTasks,
    TaskPage,
    TaskRecord,
    TaskReply,
)
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.core.key import Key


def list_tasks(uow: CheckInsUnitOfWork, ask: ListTasks) -> TaskPage:
    tasks, total = uow.staff_tasks.tasks(ask)
    return TaskPage(items=tuple(tasks[: ask.limit]), has_more=len(tasks) > ask.limit, total=total)


def get_tasks(uow: CheckInsUnitOfWork, keys: Collection[Key]) -> Mapping[Key, TaskRecord]:
    return uow.staff_tasks.tasks_by_id(keys)


def list_inbox(uow: CheckInsUnitOfWork, ask: ListInbox) -> InboxPage:
    messages = uow.staff_tasks.inbox(ask)
    return InboxPage(items=tuple(messages[: ask.limit]), has_more=len(messages) > ask.limit)


def get_inbound(uow: CheckInsUnitOfWork, keys: Collection[Key]) -> Mapping[Key, InboundRecord]:
    return uow.staff_tasks.inbound_by_id(keys)


def complete_task(uow: CheckInsUnitOfWork, command: CompleteTask) -> TaskReply:
    """Complete a task. Changes nothing if it was completed before."""
    key = Key.within(command.scope, command.task_id)
    if key not in uow.staff_tasks.tasks_by_id([key]):
        refusal = not_found("task")
        return TaskReply.refused(refusal)
    uow.staff_tasks.complete(key, command.scope.actor, command.note)
    uow.announce(TaskChanged(clinic_id=key.clinic_id, task_id=key.id))
    return TaskReply(task=uow.staff_tasks.tasks_by_id([key])[key])
