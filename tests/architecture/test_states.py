import re
from pathlib import Path

import sqlalchemy as sa

from services.contracts.words import ReminderStatus
from services.reminders.core.states import FINAL, MOVES, origins
from services.reminders.database.tables import outbound

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "outbound-states.md"
_ARROW = re.compile(r"^\s+(\w+) --> (\w+)$", re.MULTILINE)
_ENDING = re.compile(r"^\s+(\w+) --> \[\*\]$", re.MULTILINE)


def test_the_drawing_shows_every_move_and_no_other() -> None:
    drawn = set(_ARROW.findall(_PAGE.read_text("utf-8")))

    assert drawn == {(str(move.origin), str(move.target)) for move in MOVES}


def test_the_drawing_ends_where_the_table_does() -> None:
    assert set(_ENDING.findall(_PAGE.read_text("utf-8"))) == {str(state) for state in FINAL}


def test_the_database_allows_the_states_of_the_table() -> None:
    [check] = [
        str(constraint.sqltext)
        for constraint in outbound.constraints
        if isinstance(constraint, sa.CheckConstraint)
        and str(constraint.sqltext).startswith("state in")
    ]

    assert set(re.findall(r"'(\w+)'", check)) == {str(state) for state in ReminderStatus}


def test_every_state_but_the_first_can_be_reached() -> None:
    assert [state for state in ReminderStatus if not origins(state)] == []


def test_nothing_that_may_have_been_sent_becomes_skipped() -> None:
    assert set(origins(ReminderStatus.SKIPPED)) == {ReminderStatus.SCHEDULED, ReminderStatus.QUEUED}


def test_only_a_claimed_message_is_sent() -> None:
    assert origins(ReminderStatus.SENDING) == (ReminderStatus.QUEUED,)


def test_every_state_has_a_way_to_an_end() -> None:
    ends = set(FINAL)
    for _ in ReminderStatus:
        ends |= {move.origin for move in MOVES if move.target in ends}

    assert ends == set(ReminderStatus)
