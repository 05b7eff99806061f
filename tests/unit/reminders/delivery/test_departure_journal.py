import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from services.reminders.delivery.domain.attempts import Departures
from services.reminders.delivery.journal.departures import DepartureJournal, Journals, boot_id

OWNER = uuid.UUID("12345678-1234-5678-1234-567812345678")
_NOTE_TWO_AND_WAIT = """
import sys, time, uuid
from pathlib import Path
from services.reminders.delivery.journal.departures import DepartureJournal
journal = DepartureJournal.open(Path(sys.argv[1]), uuid.UUID(sys.argv[2]))
journal.expect(3)
journal.note(1, 10)
journal.note(2, 11)
print("ready", flush=True)
time.sleep(60)
"""


def departures_of_the_dead(folder: Path) -> list[Departures | None]:
    read: list[Departures | None] = []
    for reading in Journals(folder).of_the_dead():
        with reading as departures:
            read.append(departures)
    return read


def file_of(folder: Path, content: str, boot: str | None = None) -> Path:
    path = folder / f"{boot or boot_id()}-{OWNER}.log"
    path.write_text(content)
    return path


def test_a_killed_process_leaves_word_of_what_left(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", _NOTE_TWO_AND_WAIT, str(tmp_path), str(OWNER)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[4],
    ) as doomed:
        assert doomed.stdout is not None
        doomed.stdout.readline()
        while_alive = departures_of_the_dead(tmp_path)
        os.kill(doomed.pid, signal.SIGKILL)

    assert while_alive == [None]
    assert departures_of_the_dead(tmp_path) == [Departures(OWNER, frozenset({(1, 10), (2, 11)}))]
    assert departures_of_the_dead(tmp_path) == []


def test_a_living_process_keeps_its_journal(tmp_path: Path) -> None:
    journal = DepartureJournal.open(tmp_path, OWNER)

    assert departures_of_the_dead(tmp_path) == [None]
    assert journal.path.exists()
    journal.close()


def test_a_journal_is_kept_when_reading_it_fails(tmp_path: Path) -> None:
    path = file_of(tmp_path, "\n1 10\n")
    [reading] = Journals(tmp_path).of_the_dead()

    with pytest.raises(ZeroDivisionError), reading:
        _ = 1 / 0

    assert path.exists()


def test_a_journal_of_another_boot_is_deleted_unread(tmp_path: Path) -> None:
    path = file_of(tmp_path, "\n1 10\n", boot="0" * 32)

    assert departures_of_the_dead(tmp_path) == []
    assert not path.exists()


@pytest.mark.parametrize("content", ["\n1 10", "\n1\n", "\n1 10 11\n", "\nx y\n"])
def test_a_damaged_journal_proves_nothing(tmp_path: Path, content: str) -> None:
    file_of(tmp_path, content)

    assert departures_of_the_dead(tmp_path) == [None]


def test_a_torn_line_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    file_of(tmp_path, "\n1 1\n1 10\n")

    assert departures_of_the_dead(tmp_path) == [Departures(OWNER, frozenset({(1, 1), (1, 10)}))]


def test_closing_leaves_nothing_when_all_has_ended(tmp_path: Path) -> None:
    journal = DepartureJournal.open(tmp_path, OWNER)
    journal.expect(1)
    journal.note(1, 10)
    journal.forget(1)

    journal.close()

    assert list(tmp_path.iterdir()) == []


def test_closing_keeps_what_may_still_be_open(tmp_path: Path) -> None:
    journal = DepartureJournal.open(tmp_path, OWNER)
    journal.expect(1)

    journal.close()

    assert departures_of_the_dead(tmp_path) == [Departures(OWNER, frozenset())]


def test_it_starts_a_new_file_when_long_and_idle(tmp_path: Path) -> None:
    journal = DepartureJournal.open(tmp_path, OWNER)
    journal.expect(40_000)
    for number in range(40_000):
        journal.note(1, number)
    journal.forget(39_999)
    while_busy = journal.path.stat().st_size
    journal.forget(1)

    assert while_busy > 200_000
    assert journal.path.stat().st_size == 0
    journal.close()


def test_it_holds_numbers_and_nothing_else(tmp_path: Path) -> None:
    journal = DepartureJournal.open(tmp_path, OWNER)
    journal.note(1, 10)

    assert journal.path.read_text() == "\n1 10\n"
    journal.close()
