"""The sandbox's numbers of certain fate, sent to by the real processes."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.chassis.database import open_engine
from services.contracts.catalog import Channel
from services.contracts.words import ConsentState, ReminderStatus, TaskKind
from services.launcher.processes import wait_until
from services.reminders.database.tables import outbound, staff_task
from tests.support.processes.process_stack import ProcessStack, listens
from tests.support.reminders.due_messages import DueMessages

PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessStack]:
    with ProcessStack(is_durable=False) as opened:
        opened.afterglow("sandbox", "serve", "sandbox").start()
        opened.afterglow("service", "serve", "reminders").start()
        opened.afterglow("gateway", "serve", "gateway").start()
        opened.afterglow("dispatcher", "dispatcher").start()
        for channel in ("sms", "email"):
            opened.afterglow(f"worker-{channel}", "worker", "--channel", channel).start()
        for bind in (opened.sandbox, opened.smtp, opened.gateway):
            assert wait_until(listens(bind), 60.0)
        yield opened


def remind(processes: ProcessStack, number: str, *, email: bool) -> tuple[list[Any], list[Any]]:
    """A reminder to that number; the messages and tasks that came of it."""
    engine = open_engine(processes.postgres_url, application_name="test")
    due = DueMessages(engine, processes.vault, name=f"{number} {email}", phone=number)
    if not email:
        due.consent(Channel.EMAIL, ConsentState.WITHDRAWN)
    due.remind()
    ends = {ReminderStatus.FAILED, ReminderStatus.UNDELIVERED}
    sent = {ReminderStatus.ACCEPTED, ReminderStatus.DELIVERED}

    def has_ended() -> bool:
        """The text has, and the email was taken; without one a person was told."""
        states = {row.channel: row.state for row in due.rows_of(outbound)}
        has_task = bool(due.rows_of(staff_task))
        return states[Channel.SMS] in ends and (
            states.get(Channel.EMAIL) in sent if email else has_task
        )

    try:
        assert wait_until(has_ended, PATIENCE_SECONDS), due.rows_of(outbound)
        return due.rows_of(outbound), due.rows_of(staff_task)
    finally:
        engine.dispose()


def test_a_number_that_cannot_be_routed_to_fails_for_good_and_a_person_is_told(
    processes: ProcessStack,
) -> None:
    [text], [task] = remind(processes, "+15005550002", email=False)

    assert (text.state, text.state_reason) == (ReminderStatus.FAILED, "TWILIO_21612")
    assert task.kind is TaskKind.UNREACHABLE


def test_a_text_refused_for_good_goes_by_email(processes: ProcessStack) -> None:
    messages, tasks = remind(processes, "+15005550002", email=True)

    assert {row.channel for row in messages} == {Channel.SMS, Channel.EMAIL}
    assert tasks == []


def test_a_text_that_is_reported_as_undelivered_later_goes_by_email_once(
    processes: ProcessStack,
) -> None:
    messages, tasks = remind(processes, "+15005553007", email=True)

    states = {row.channel: row.state for row in messages}
    assert states[Channel.SMS] is ReminderStatus.UNDELIVERED
    assert len(messages) == 2
    assert tasks == []
