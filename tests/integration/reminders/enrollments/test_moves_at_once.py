"""Workers send while staff move procedures."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import Priority
from tests.support.reminders.aftercare import Clinic, set_clock
from tests.support.reminders.moving import VISIT, effects, enrolled, newest, reschedule
from tests.support.reminders.sending import Worker, beginnings

MOVED = VISIT + timedelta(days=1)
PATIENTS = 12


def test_a_worker_cannot_begin_what_it_claimed_for_the_old_time(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)
    claimed = beginnings(worker, worker.claims.claim(Channel.SMS, Priority.NORMAL, 10))
    assert len(claimed) == 1

    reply = reschedule(clinic, enrollment.id, MOVED)

    assert effects(reply.changes)["prepare"] == "MOVED"
    assert worker.attempts.begin(claimed) == []
    assert newest(clinic, "prepare").status is ReminderStatus.SCHEDULED


def test_what_a_worker_has_begun_is_not_planned_again(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)
    worker.attempts.begin(beginnings(worker, worker.claims.claim(Channel.SMS, Priority.NORMAL, 10)))

    reply = reschedule(clinic, enrollment.id, MOVED)

    assert effects(reply.changes)["prepare"] == "ALREADY_SENT"
    assert newest(clinic, "prepare").status is ReminderStatus.SENDING


def test_no_step_is_both_sent_and_planned_again(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    numbers = [enrolled(clinic).id for _ in range(PATIENTS)]
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)
    is_over = threading.Event()

    def work() -> None:
        while not is_over.is_set():
            worker.send_batch(Channel.SMS)

    working = threading.Thread(target=work)
    working.start()
    effect = {
        number: effects(reschedule(clinic, number, MOVED).changes)["prepare"] for number in numbers
    }
    is_over.set()
    working.join()

    rows = {
        reminder.enrollment_id: reminder
        for reminder in clinic.reminders()
        if reminder.step_key == "prepare"
    }
    assert len(rows) == PATIENTS
    sent = {number for number in numbers if rows[number].status is ReminderStatus.ACCEPTED}
    assert sent == {number for number in numbers if effect[number] == "ALREADY_SENT"}
    prepared = [
        message for message in worker.dispatcher.sent if "prepare" in message.text
    ]  # no corrections
    assert len(prepared) == len(sent)
    assert {rows[number].due_at for number in numbers if number not in sent} <= {
        MOVED - timedelta(hours=24)
    }
