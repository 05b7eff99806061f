"""Opens a task for staff."""

from services.contracts.events import TaskChanged
from services.reminders.check_ins.domain.care_task import CareTask
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork


def open_task(uow: CheckInsUnitOfWork, task: CareTask) -> None:
    """Open the task, unless the same one is open already."""
    task_id = uow.care_tasks.open(task)
    if task_id is not None:
        uow.announce(TaskChanged(clinic_id=task.clinic_id, task_id=task_id))
