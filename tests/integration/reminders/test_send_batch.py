import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import AttemptOutcome, ReminderStatus
from services.reminders.storage.tables import delivery_attempt
from tests.support.due_messages import PHONE, SENDERS, DueMessages
from tests.support.sending import Worker


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    return DueMessages(engine, vault)


@pytest.fixture
def worker(engine: sa.Engine, vault: Vault) -> Worker:
    return Worker(engine, vault)


def test_sends_what_is_due(due: DueMessages, worker: Worker) -> None:
    due.remind()

    worker.send_batch(Channel.SMS)

    assert [(one.to, one.sender, one.text) for one in worker.postman.sent] == [
        (
            PHONE,
            SENDERS[Channel.SMS],
            "Rowan Clinic: Keep your skin clean today. Reply STOP to opt out.",
        )
    ]


def test_records_what_the_provider_took(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()

    worker.send_batch(Channel.SMS)

    [attempt] = due.rows_of(delivery_attempt)
    assert due.state(reminder) == (ReminderStatus.ACCEPTED, None)
    assert (attempt.outcome, attempt.provider_reference) == (
        AttemptOutcome.ACCEPTED,
        f"SM{attempt.id}",
    )
