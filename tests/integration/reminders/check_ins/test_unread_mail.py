"""A mail that came back and that no rule can read: it is kept, and a person reads it."""

from typing import Any

import pytest

from services.contracts.catalog import Channel
from services.contracts.incoming import RecordUnreadMail
from services.contracts.reminders import Scope
from services.contracts.replies import GetInbound, ListTasks
from services.contracts.words import Mode, Role, TaskKind
from services.reminders.check_ins.usecases.record_unread_mail import record_unread_mail
from services.reminders.database.tables import (
    consent,
    delivery_attempt,
    inbound_message,
    staff_task,
    suppression,
)
from tests.support.reminders.aftercare import handlers_of
from tests.support.reminders.due_messages import LONG_AGO, DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import unit_of_work

TEXT = "Delivery to pat@example.org failed. Reply STOP to opt out. I have a fever of 40."


@pytest.fixture
def attempt(due: DueMessages, worker: Worker) -> Any:
    due.remind(channel=Channel.EMAIL)
    worker.send_batch(Channel.EMAIL)
    [attempt] = due.rows_of(delivery_attempt)
    return attempt


def come_back(due: DueMessages, attempt: Any, **changes: Any) -> bool:
    values = {
        "provider": "smtp",
        "clinic_id": attempt.clinic_id,
        "attempt_id": attempt.id,
        "their_address": "mailer-daemon",
        "text": TEXT,
        "provider_message_id": "a1",
        "received_at": LONG_AGO,
    } | changes
    with unit_of_work(due.engine, due.vault) as uow:
        return record_unread_mail(uow, RecordUnreadMail(**values))


def test_it_becomes_a_task_that_shows_its_text(due: DueMessages, attempt: Any) -> None:
    assert come_back(due, attempt)

    queries, _ = handlers_of(due.vault)
    scope = Scope(clinic_id=due.clinic_id, mode=Mode.LIVE, role=Role.STAFF, actor="key:1")
    with due.engine.connect() as connection:
        [page] = queries[ListTasks](connection, [ListTasks(scope=scope, limit=5)])
        [task] = page.items
        ask = GetInbound(scope=scope, ids=(task.inbound_id,))
        [[inbound]] = queries[GetInbound](connection, [ask])
    assert (task.kind, task.patient_id) == (TaskKind.UNREAD_REPLY, due.patient_id)
    assert task.due_at is not None
    assert (inbound.text, inbound.channel) == (TEXT, Channel.EMAIL)
    assert inbound.answers_reminder_id == attempt.outbound_id


def test_nothing_is_concluded_from_its_words(due: DueMessages, attempt: Any) -> None:
    consents = len(due.rows_of(consent))
    come_back(due, attempt)

    assert due.rows_of(suppression) == []
    assert len(due.rows_of(consent)) == consents
    assert [task.holds_sending for task in due.rows_of(staff_task)] == [False]


def test_it_is_sealed(due: DueMessages, attempt: Any) -> None:
    come_back(due, attempt)

    [row] = due.rows_of(inbound_message)
    assert b"pat@example.org" not in row.text_sealed
    assert b"mailer" not in row.their_address_sealed


def test_a_mail_that_comes_again_is_kept_once(due: DueMessages, attempt: Any) -> None:
    assert come_back(due, attempt)
    assert not come_back(due, attempt)
    assert len(due.rows_of(inbound_message)) == 1


def test_an_answering_machine_is_one_task_for_its_patient(
    due: DueMessages, worker: Worker, attempt: Any
) -> None:
    due.remind(1, channel=Channel.EMAIL)
    worker.send_batch(Channel.EMAIL)
    for number, sent in enumerate(due.rows_of(delivery_attempt)):
        assert come_back(due, sent, provider_message_id=f"a{number}")
    assert come_back(due, attempt, provider_message_id="again")

    assert len(due.rows_of(inbound_message)) == 3
    assert len(due.rows_of(staff_task)) == 1


@pytest.mark.parametrize("changes", [{"attempt_id": 10**9}, {"clinic_id": 10**9}])
def test_a_mail_about_no_message_of_ours_is_not_kept(
    due: DueMessages, attempt: Any, changes: dict[str, int]
) -> None:
    assert not come_back(due, attempt, **changes)
    assert due.rows_of(staff_task) == []
