"""What is put right after processes died."""

from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import AttemptOutcome, ReminderStatus, TaskKind
from services.reminders.core.reasons import Reason
from services.reminders.database.tables import delivery_attempt, staff_task
from services.reminders.delivery.domain.attempts import Begun
from services.reminders.delivery.domain.outgoing import Unknown
from services.reminders.delivery.journal.departures import DepartureJournal, Journals
from services.reminders.delivery.storage.dead_workers import DeadWorkers
from services.reminders.delivery.storage.sweeps import Sweeps
from services.reminders.delivery.usecases.sweep import Sweeper
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.sending import Worker, begin, claim, end_leases


def sweeper(engine: sa.Engine, folder: Path | None = None) -> Sweeper:
    journals = Journals(folder or Path("/nonexistent"))
    return Sweeper(Sweeps(engine), journals, DeadWorkers(engine), lambda _: None)


def attempt(due: DueMessages) -> tuple[AttemptOutcome, str | None]:
    row = due.rows_of(delivery_attempt)[-1]
    return row.outcome, row.code


def test_a_claim_whose_lease_is_over_is_due_again(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    reminder = due.remind()
    claim(worker)
    end_leases(due.engine)

    sweeper(engine)()

    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED


def test_a_claim_whose_lease_lasts_is_left_alone(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    reminder = due.remind()
    claim(worker)

    assert sweeper(engine)() == 0
    assert due.state(reminder)[0] is ReminderStatus.QUEUED


def test_an_attempt_whose_lease_is_over_is_unknown(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    reminder = due.remind()
    begin(worker, claim(worker))
    end_leases(due.engine)

    sweeper(engine)()

    assert due.state(reminder) == (ReminderStatus.UNKNOWN, Reason.LEASE_OVER)
    assert attempt(due) == (AttemptOutcome.UNKNOWN, Reason.LEASE_OVER)
    assert due.why(reminder) == [Reason.LEASE_OVER]


def test_an_unknown_message_is_never_claimed(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    due.remind()
    begin(worker, claim(worker))
    end_leases(due.engine)
    sweeper(engine)()

    assert claim(worker) == []


def test_what_waited_too_long_expires(due: DueMessages, engine: sa.Engine) -> None:
    reminder = due.remind()
    with engine.begin() as connection:
        connection.execute(sa.text("update chassis.clock set product_at = product_at + '3 days'"))

    sweeper(engine)()

    assert due.state(reminder) == (ReminderStatus.EXPIRED, "USEFULNESS_OVER")
    assert due.why(reminder) == ["USEFULNESS_OVER"]


def test_staff_are_asked_about_an_unknown_message_once_and_not_at_once(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    due.remind()
    worker.dispatcher.answer = lambda _: Unknown("TIMEOUT")
    worker.send_batch(Channel.SMS)
    sweeper(engine)()
    at_once = len(due.rows_of(staff_task))
    with engine.begin() as connection:
        connection.execute(
            sa.text("update chassis.clock set product_at = product_at + '11 minutes'")
        )
    for _ in range(2):
        sweeper(engine)()

    assert at_once == 0
    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.UNKNOWN_OUTCOME]


def dead(worker: Worker, folder: Path, left: list[Begun]) -> None:
    """A worker that noted these departures, and died."""
    journal = DepartureJournal.open(folder, UUID(str(worker.owner)))
    journal.expect(100)
    for row in left:
        journal.note(row.beginning.claim.clinic_id, row.attempt_id)
    journal.close()


def test_what_a_dead_worker_began_and_never_sent_is_due_again_at_once(
    due: DueMessages, worker: Worker, engine: sa.Engine, tmp_path: Path
) -> None:
    reminder = due.remind()
    begin(worker, claim(worker))
    dead(worker, tmp_path, left=[])

    sweeper(engine, tmp_path)()

    assert due.state(reminder) == (ReminderStatus.SCHEDULED, Reason.NEVER_LEFT)
    assert attempt(due) == (AttemptOutcome.REJECTED_FOR_NOW, Reason.NEVER_LEFT)


def test_it_is_sent_then(
    due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault, tmp_path: Path
) -> None:
    reminder = due.remind()
    begin(worker, claim(worker))
    dead(worker, tmp_path, left=[])
    sweeper(engine, tmp_path)()

    Worker(engine, vault).send_batch(Channel.SMS)

    assert due.state(reminder)[0] is ReminderStatus.ACCEPTED


def test_what_left_a_dead_worker_is_unknown(
    due: DueMessages, worker: Worker, engine: sa.Engine, tmp_path: Path
) -> None:
    reminder = due.remind()
    dead(worker, tmp_path, left=begin(worker, claim(worker)))

    sweeper(engine, tmp_path)()

    assert due.state(reminder)[0] is ReminderStatus.UNKNOWN


def test_the_journal_also_settles_what_was_given_up_before_it_was_read(
    due: DueMessages, worker: Worker, engine: sa.Engine, tmp_path: Path
) -> None:
    reminder = due.remind()
    begin(worker, claim(worker))
    end_leases(due.engine)
    sweeper(engine)()
    dead(worker, tmp_path, left=[])

    sweeper(engine, tmp_path)()

    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED


def test_what_the_worker_itself_called_unknown_stays_so_though_its_journal_forgot_it(
    due: DueMessages, worker: Worker, engine: sa.Engine, tmp_path: Path
) -> None:
    reminder = due.remind()
    worker.dispatcher.answer = lambda _: Unknown("TIMEOUT")
    worker.send_batch(Channel.SMS)
    dead(worker, tmp_path, left=[])

    sweeper(engine, tmp_path)()

    assert due.state(reminder)[0] is ReminderStatus.UNKNOWN


def test_a_dead_workers_claims_are_due_again_at_once(
    due: DueMessages, worker: Worker, engine: sa.Engine, tmp_path: Path
) -> None:
    reminder = due.remind()
    claim(worker)
    dead(worker, tmp_path, left=[])

    sweeper(engine, tmp_path)()

    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED


def test_a_journal_is_forgotten_once_read(
    due: DueMessages, worker: Worker, engine: sa.Engine, tmp_path: Path
) -> None:
    del due
    dead(worker, tmp_path, left=[])

    sweeper(engine, tmp_path)()

    assert list(tmp_path.iterdir()) == []
