"""A worker that cannot know what it began leaves the answer to its journal."""

import threading
import uuid
from pathlib import Path

import pytest

from services.contracts.catalog import Channel
from services.reminders.delivery.journal.departures import DepartureJournal
from services.reminders.worker import drain


@pytest.mark.parametrize("is_in_doubt", [True, False])
def test_a_worker_ends_when_it_is_in_doubt_and_only_then(*, is_in_doubt: bool) -> None:
    stopping = threading.Event()

    drain(Channel.SMS, lambda _: 0, stopping, lambda: is_in_doubt)("SMS")

    assert stopping.is_set() is is_in_doubt


def test_a_journal_is_in_doubt_until_what_was_expected_has_ended(tmp_path: Path) -> None:
    journal = DepartureJournal.open(tmp_path, uuid.uuid4())
    journal.expect(2)
    journal.forget(1)
    before = journal.is_in_doubt
    journal.forget(1)
    after = journal.is_in_doubt
    journal.close()

    assert (before, after) == (True, False)
