"""Keeps a mail that came back and cannot be read, for a person."""

from services.contracts.events import TaskChanged
from services.contracts.incoming import RecordUnreadMail
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.deadlines import next_open_time


def record_unread_mail(uow: CheckInsUnitOfWork, mail: RecordUnreadMail) -> bool:
    """Store it with the message that it is about, and open one task for its patient.

    Nothing is concluded from its words: they may be those of a mail server, of a machine that
    answers, or our own. Returns False if it was stored before, or there is nobody to store it with.
    """
    inbound_id = uow.unread_mail.add(mail)
    if inbound_id is None:
        return False
    due_at = next_open_time(uow, mail.clinic_id)
    task_id = uow.unread_mail.open_task(mail.clinic_id, inbound_id, due_at)
    if task_id is not None:
        uow.announce(TaskChanged(clinic_id=mail.clinic_id, task_id=task_id))
    return True
