"""Staff read messages from patients, and list and complete tasks."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.incoming import RecordInbound
from services.contracts.reminders import Scope
from services.contracts.replies import (
    CompleteTask,
    InboundRecord,
    ListInbox,
    ListTasks,
    TaskPage,
)
from services.contracts.words import Mode, Role, TaskKind
from services.reminders.check_ins.usecases.staff_tasks import (
    complete_task,
    get_inbound,
    get_tasks,
    list_inbox,
    list_tasks,
)
from services.reminders.core.key import Key
from services.reminders.database.tables import patient, staff_task
from tests.support.reminders.due_messages import LONG_AGO, PHONE, SENDERS, DueMessages
from tests.support.reminders.units_of_work import receive_text, unit_of_work


class Staff:
    """The staff of a clinic, and the patients who write to it."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self.due = DueMessages(engine, vault)
        self._written = 0

    def scope(self, **changes: Any) -> Scope:
        usual: dict[str, Any] = {
            "clinic_id": self.due.clinic_id,
            "mode": Mode.LIVE,
            "role": Role.STAFF,
            "actor": "key:1",
        }
        return Scope(**(usual | changes))

    def write(self, words: str, **more: Any) -> None:
        self._written += 1
        values: dict[str, Any] = {
            "provider": "twilio",
            "channel": Channel.SMS,
            "our_address": SENDERS[Channel.SMS],
            "their_address": PHONE,
            "text": words,
            "provider_message_id": f"SM{self._written}",
            "received_at": LONG_AGO + timedelta(minutes=self._written),
        }
        receive_text(self.due.engine, self.due.vault, RecordInbound(**(values | more)))

    def ask(self, act: Any, question: Any) -> Any:
        with unit_of_work(self.due.engine, self.due.vault) as uow:
            return act(uow, question)

    def tasks(self, **more: Any) -> TaskPage:
        values: dict[str, Any] = {"scope": self.scope(), "limit": 20}
        page: TaskPage = self.ask(list_tasks, ListTasks(**(values | more)))
        return page

    def inbox(self, **more: Any) -> list[InboundRecord]:
        values: dict[str, Any] = {"scope": self.scope(), "limit": 20}
        return list(self.ask(list_inbox, ListInbox(**(values | more))).items)

    def complete(self, task_id: int, **more: Any) -> Any:
        values: dict[str, Any] = {"scope": self.scope(), "task_id": task_id}
        return self.ask(complete_task, CompleteTask(**(values | more)))


@pytest.fixture
def staff(engine: sa.Engine, vault: Vault) -> Staff:
    return Staff(engine, vault)


def test_what_a_patient_writes_is_shown_newest_first(staff: Staff) -> None:
    staff.write("It itches")
    staff.write("A lot")

    assert [(message.text, message.patient_id) for message in staff.inbox()] == [
        ("A lot", staff.due.patient_id),
        ("It itches", staff.due.patient_id),
    ]


def test_the_inbox_can_show_only_what_is_unmatched(staff: Staff) -> None:
    staff.write("It itches")
    staff.write("Who is this?", their_address="+12025550188")

    assert [message.text for message in staff.inbox(is_unmatched=True)] == ["Who is this?"]
    assert [message.text for message in staff.inbox(is_unmatched=False)] == ["It itches"]
    assert [message.text for message in staff.inbox(patient_id=staff.due.patient_id)] == [
        "It itches"
    ]


def test_the_inbox_is_read_page_by_page(staff: Staff) -> None:
    for words in "abc":
        staff.write(words)
    first = staff.inbox(limit=2)

    rest = staff.inbox(after=(first[-1].received_at, first[-1].id))

    assert [message.text for message in (*first, *rest)] == ["c", "b", "a"]


def test_a_message_opens_a_task_that_leads_to_it(staff: Staff) -> None:
    staff.write("It itches")

    (task,) = staff.tasks().items
    key = Key.within(staff.scope(), task.inbound_id or 0)
    (message,) = staff.ask(get_inbound, [key]).values()
    assert (task.kind, message.text) == (TaskKind.UNREAD_REPLY, "It itches")


def test_a_task_is_finished_with_a_note_by_the_first_to_complete_it(staff: Staff) -> None:
    staff.write("It itches")
    (task,) = staff.tasks().items

    done = staff.complete(task.id, note="called her").task
    again = staff.complete(task.id, note="me too", scope=staff.scope(actor="key:2")).task

    assert (done.note, done.done_by, done.done_at is not None) == ("called her", "key:1", True)
    assert again == done


def test_a_note_is_kept_sealed(staff: Staff) -> None:
    staff.write("It itches")
    (task,) = staff.tasks().items
    staff.complete(task.id, note="called her")

    (row,) = staff.due.rows_of(staff_task)
    assert b"called" not in row.note_sealed


def test_finished_tasks_leave_the_list_of_open_ones(staff: Staff) -> None:
    staff.write("a")
    staff.write("b")
    first, second = staff.tasks().items
    staff.complete(first.id)

    assert [task.id for task in staff.tasks().items] == [second.id]
    assert [task.id for task in staff.tasks(is_open=False).items] == [first.id]
    assert [task.id for task in staff.tasks(is_open=None).items] == [first.id, second.id]


def test_a_page_of_tasks_says_how_many_there_are(staff: Staff) -> None:
    for words in "abc":
        staff.write(words)

    page = staff.tasks(limit=2)

    assert (len(page.items), page.has_more, page.total) == (2, True, 3)
    rest = staff.tasks(after=(page.items[-1].opened_at, page.items[-1].id))
    assert (len(rest.items), rest.has_more, rest.total) == (1, False, 3)


def test_tasks_are_listed_by_kind_and_patient(staff: Staff) -> None:
    staff.write("a")
    staff.write("b", their_address="+12025550188")

    assert len(staff.tasks(kind=(TaskKind.UNMATCHED_REPLY,)).items) == 1
    assert len(staff.tasks(patient_id=staff.due.patient_id).items) == 1


def test_another_clinics_tasks_and_messages_are_not_there(
    staff: Staff, engine: sa.Engine, vault: Vault
) -> None:
    staff.write("It itches")
    (task,) = staff.tasks().items
    (message,) = staff.inbox()
    elsewhere = staff.scope(clinic_id=DueMessages(engine, vault, name="Other").clinic_id)

    assert staff.tasks(scope=elsewhere).items == ()
    assert staff.inbox(scope=elsewhere) == []
    assert staff.ask(get_tasks, [Key.within(elsewhere, task.id)]) == {}
    assert staff.ask(get_inbound, [Key.within(elsewhere, message.id)]) == {}
    (refusal,) = staff.complete(task.id, scope=elsewhere).refusals
    assert refusal.code is UserErrorCode.NOT_FOUND
    assert staff.tasks().items[0].done_at is None


def test_what_belongs_to_trials_is_not_shown_beside_what_is_real(staff: Staff) -> None:
    with staff.due.engine.begin() as connection:
        connection.execute(sa.update(patient).values(mode=Mode.TEST))
    staff.write("only trying")
    staff.write("a stranger", their_address="+12025550188")

    trial = staff.scope(mode=Mode.TEST)
    assert [message.text for message in staff.inbox()] == ["a stranger"]
    assert [message.text for message in staff.inbox(scope=trial)] == ["only trying"]
    assert [task.kind for task in staff.tasks().items] == [TaskKind.UNMATCHED_REPLY]
    assert [task.kind for task in staff.tasks(scope=trial).items] == [TaskKind.UNREAD_REPLY]
