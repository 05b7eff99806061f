"""The commands by which operators look after messages, against a running service."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import tzdata
from click.testing import CliRunner

from services.chassis.settings import load
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.launcher.main import cli
from services.reminders.delivery.domain.outgoing import Accepted, RejectedForGood
from services.reminders.settings import RemindersSettings
from services.reminders.wiring import open_service
from tests.support.reminders.due_messages import PHONE, DueMessages
from tests.support.reminders.sending import Worker

Run = Callable[[str], str]


@pytest.fixture
def run(postgres_url: str, redis_url: str, data_keys: str, index_keys: str) -> Iterator[Run]:
    """A command's output, over a service that answers; a refusal is output too."""
    env = {
        "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys, "SECRET_KEY": "s" * 32,
    }  # fmt: skip
    parts = open_service(load(RemindersSettings, env))
    parts.server.start()
    yield lambda line: CliRunner(env=env).invoke(cli, ["reminders", *line.split()]).output
    parts.close()


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    return DueMessages(engine, vault)


@pytest.fixture
def worker(engine: sa.Engine, vault: Vault) -> Worker:
    return Worker(engine, vault)


def test_a_failed_message_is_listed_and_sent_again(
    run: Run, due: DueMessages, worker: Worker
) -> None:
    due.remind()
    worker.dispatcher.answer = lambda _: RejectedForGood("NO_ROUTE")
    worker.send_batch(Channel.SMS)
    worker.dispatcher.answer = lambda message: Accepted(f"SM{message.attempt_id}")

    listed = run("failed --code NO_ROUTE --since 1h")
    rehearsed = run("retry --reason mended --dry-run")
    retried = run("retry --reason mended --by robin")
    worker.send_batch(Channel.SMS)

    assert "NO_ROUTE" in listed
    assert PHONE not in listed
    assert rehearsed == "1 would be sent again; 0 are of no use any more.\n"
    assert retried == "1 are sent again; 0 are of no use any more.\n"
    assert [message.to for message in worker.dispatcher.sent] == [PHONE, PHONE]
    assert "RETRY_FAILED\t1\trobin" in run("acts")


def test_an_unknown_message_wants_its_risk_taken(run: Run) -> None:
    assert "accept that some patients get it twice" in run("retry --unknown --reason lost")


def test_a_hold_is_placed_listed_and_released(run: Run, due: DueMessages, worker: Worker) -> None:
    due.remind()
    placed = run("hold --channel sms --reason typo --by robin")
    worker.send_batch(Channel.SMS)

    listed = run("holds")
    released = run(f"release {placed.split()[0]} --reason mended --by robin")

    assert worker.dispatcher.sent == []
    assert "SMS\t1 kept back\tstands" in listed
    assert "released" in released
    assert run("holds") == ""


def test_everything_is_held_only_when_asked_for_in_so_many_words(run: Run) -> None:
    assert "Name what to hold" in run("hold --reason typo")
    assert "everything" in run("hold --all --reason typo")


def test_a_clinic_that_does_not_exist_is_said(run: Run) -> None:
    assert "There is no clinic “Nowhere”" in run("hold --clinic Nowhere --reason typo")


def test_times_are_put_right_after_a_change_of_zones(run: Run, due: DueMessages) -> None:
    moved = due.remind(
        due_in=timedelta(days=2), local_due_at="2027-01-12T10:00:00+09:00[Europe/Lisbon]"
    )

    rehearsed = run("replan --dry-run")
    done = run("replan")

    assert rehearsed.endswith(f"1 of 1 would change (time zone data {tzdata.IANA_VERSION}).\n")
    assert done.startswith(f"clinic {due.clinic_id}  reminder {moved}  ")
    assert done.endswith(f"1 of 1 changed (time zone data {tzdata.IANA_VERSION}).\n")
    assert run("replan").startswith("0 of 1 changed")
