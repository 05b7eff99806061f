"""From the commands that `afterglow up` prints to a phone and an inbox, through a whole plan."""

import re
import subprocess
import textwrap
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.processes.operator_actions import reply, rows
from tests.support.processes.stack import Stack
from tests.support.waiting import eventually

FINAL = {"DELIVERED", "UNDELIVERED", "FAILED", "SKIPPED", "CANCELLED", "EXPIRED", "MERGED"}
SETTLED = FINAL | {"ACCEPTED"}  # nothing says whether an email arrived
ASKED_AGAIN = "we have not heard from you yet"
PHONE, INBOX = "+12025550123", "robin@example.com"

REMINDERS = """
query ($id: ID!) {
  now
  enrollment(id: $id) {
    procedureAt procedureState
    reminders(first: 50) {
      nodes { stepKey channel status dueAt body subject attempts { outcome providerReference } }
    }
  }
}
"""
RECORD = """
mutation ($id: ID!, $endedAt: DateTime!) {
  recordProcedure(input: {enrollmentId: $id, state: PERFORMED, endedAt: $endedAt}) {
    enrollment { procedureState } userErrors { message } } }
"""
TASKS = "{ tasks(kind: [UNREAD_REPLY]) { nodes { id message { text } reminder { stepKey } } } }"
COMPLETE = """
mutation ($id: ID!) { completeTask(input: {taskId: $id, note: "called"}) {
  task { note } userErrors { message } } }
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="module")
def film(stack: Stack) -> list[dict[str, Any]]:
    """The reminders of the printed enrollment, after time went from due time to due time."""
    enrollment = _paste_what_is_printed(stack)
    while True:
        data = stack.graphql(REMINDERS, {"id": enrollment})["data"]
        reminders: list[dict[str, Any]] = data["enrollment"]["reminders"]["nodes"]
        waiting = [r for r in reminders if r["status"] not in SETTLED]
        if not waiting:
            return reminders
        if _is_due(data["enrollment"], waiting[0]):
            _record(stack, enrollment, data)
            continue
        _move_to(stack, waiting[0]["dueAt"], data["now"])
        _until_sent(stack, enrollment, waiting[0])


def test_every_step_for_the_patient_is_sent_on_both_channels(film: list[dict[str, Any]]) -> None:
    steps = {reminder["stepKey"] for reminder in film}

    assert len(steps) >= 10
    assert {(r["stepKey"], r["channel"]) for r in film} == {
        (step, channel) for step in steps for channel in ("SMS", "EMAIL")
    }
    assert {r["status"] for r in film} == {"DELIVERED", "ACCEPTED"}


def test_every_reminder_reaches_the_sandbox_once(stack: Stack, film: list[dict[str, Any]]) -> None:
    texts = Counter(message["text"] for message in _reminding(stack))
    mails = Counter(message["subject"] for message in stack.messages(to=INBOX))

    assert texts == Counter(r["body"] for r in film if r["channel"] == "SMS")
    assert mails == Counter(r["subject"] for r in film if r["channel"] == "EMAIL")


def test_reminders_reach_the_phone_in_the_order_of_the_plan(
    stack: Stack, film: list[dict[str, Any]]
) -> None:
    due = [r["body"] for r in film if r["channel"] == "SMS"]

    assert [message["text"] for message in _reminding(stack)] == due


def test_what_the_gateway_says_of_each_attempt_agrees_with_the_provider(
    stack: Stack, film: list[dict[str, Any]]
) -> None:
    attempts = [attempt for reminder in film for attempt in reminder["attempts"]]
    carried = {message["id"] for message in _reminding(stack)}

    assert [attempt["outcome"] for attempt in attempts] == ["ACCEPTED"] * len(film)
    assert carried <= {attempt["providerReference"] for attempt in attempts}


def test_a_delivered_text_is_told_from_an_accepted_email(film: list[dict[str, Any]]) -> None:
    assert {(r["channel"], r["status"]) for r in film} == {
        ("SMS", "DELIVERED"),
        ("EMAIL", "ACCEPTED"),
    }


def test_the_day_0_text_carries_the_red_flags_and_the_numbers_to_call(
    film: list[dict[str, Any]],
) -> None:
    text = next(
        r["body"] for r in film if r["stepKey"].startswith("day-0-") and r["channel"] == "SMS"
    )

    for word in ("fever", "pus", "breathing", "911"):
        assert word in text


def test_a_reply_from_the_phone_is_recorded(stack: Stack, film: list[dict[str, Any]]) -> None:
    assert film
    sender = stack.messages(to=PHONE)[0]["from"]

    reply(stack, PHONE, "Is a little redness all right?", to=sender)

    assert eventually(lambda: len(rows(stack, "select 1 from reminders.inbound_message")) == 1)
    assert eventually(lambda: rows(stack, "select 1 from gateway.intake") == [])
    (task,) = stack.graphql(TASKS)["data"]["tasks"]["nodes"]
    assert task["message"]["text"] == "Is a little redness all right?"
    assert task["reminder"] is not None
    done = stack.graphql(COMPLETE, {"id": task["id"]})["data"]["completeTask"]
    assert (done["task"]["note"], done["userErrors"]) == ("called", [])
    assert stack.graphql(TASKS)["data"]["tasks"]["nodes"] == []


def test_one_click_in_a_mail_ends_mail_and_looking_does_not(
    stack: Stack, film: list[dict[str, Any]]
) -> None:
    assert film
    suppressed = "select channel, reason from reminders.suppression"
    place = stack.messages(to=INBOX)[0]["unsubscribe"]

    with urllib.request.urlopen(place, timeout=10) as page:  # noqa: S310 - our own http address
        assert "Stop these emails" in page.read().decode()
    assert rows(stack, suppressed) == []
    for _ in range(2):
        click = urllib.request.urlopen(place, b"List-Unsubscribe=One-Click", timeout=10)  # noqa: S310 - same
        with click:
            assert click.status == 200

    assert eventually(lambda: rows(stack, "select 1 from gateway.intake") == [])
    assert [tuple(row) for row in rows(stack, suppressed)] == [("EMAIL", "OPT_OUT")]


def _reminding(stack: Stack) -> list[dict[str, Any]]:
    """What arrived on the phone, without the questions that were asked again."""
    return [message for message in stack.messages(to=PHONE) if ASKED_AGAIN not in message["text"]]


def _paste_what_is_printed(stack: Stack) -> str:
    """Run the commands exactly as a newcomer would paste them; the enrollment's id."""
    greeting = stack.log.read_text().partition("Afterglow is running.")[2]
    shell = "".join(re.findall(r":\n\n((?:  .*\n)+)", greeting))
    pasted = subprocess.run(  # noqa: S603 - our own output
        ["/bin/bash", "-c", textwrap.dedent(shell)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    enrollment_id = re.search(r'"enrollment": ?\{"id": ?"([^"]+)"', pasted.stdout)
    assert enrollment_id, pasted.stdout
    return enrollment_id[1]


def _is_due(enrollment: dict[str, Any], waiting: dict[str, Any]) -> bool:
    """Whether the procedure comes before the next reminder, and nobody has recorded it."""
    is_planned: bool = enrollment["procedureState"] == "PLANNED"
    return is_planned and waiting["dueAt"] >= enrollment["procedureAt"]


def _record(stack: Stack, enrollment: str, data: dict[str, Any]) -> None:
    ended_at = datetime.fromisoformat(data["enrollment"]["procedureAt"]) + timedelta(minutes=50)
    _move_to(stack, ended_at.isoformat(), data["now"])
    variables = {"id": enrollment, "endedAt": ended_at.isoformat()}
    recorded = stack.graphql(RECORD, variables)["data"]["recordProcedure"]
    assert recorded == {"enrollment": {"procedureState": "PERFORMED"}, "userErrors": []}


def _move_to(stack: Stack, due_at: str, now: str) -> None:
    wait = datetime.fromisoformat(due_at) - datetime.fromisoformat(now)
    if wait > timedelta(0):
        moved = stack.afterglow("clock", "advance", f"PT{int(wait.total_seconds()) + 1}S")
        assert moved.returncode == 0, moved.stderr


def _until_sent(stack: Stack, enrollment: str, waited_for: dict[str, Any]) -> None:
    def settled() -> bool:
        data = stack.graphql(REMINDERS, {"id": enrollment})["data"]
        return all(
            (reminder["status"] in SETTLED and reminder["status"] != "ACCEPTED")
            or (reminder["status"] == "ACCEPTED" and reminder["channel"] == "EMAIL")
            for reminder in data["enrollment"]["reminders"]["nodes"]
            if (reminder["stepKey"], reminder["channel"])
            == (waited_for["stepKey"], waited_for["channel"])
        )

    assert eventually(settled), waited_for
