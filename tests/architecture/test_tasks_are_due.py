"""No task for staff waits without a due time."""

from pathlib import Path

import services.reminders

ROOM = Path(services.reminders.__path__[0])
INSERTS = [
    path
    for path in sorted(ROOM.rglob("storage/**/*.py"))
    if "insert(staff_task)" in path.read_text("utf-8")
]


def test_every_statement_that_opens_a_task_gives_it_a_due_time() -> None:
    without = [path.name for path in INSERTS if "due_at" not in path.read_text("utf-8")]

    assert (len(INSERTS) > 5, without) == (True, [])
