"""Operators list troubled messages, send them again, and hold and release messages."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.operations import (
    HoldRecord,
    ListTroubled,
    MessageFilter,
    PlaceHold,
    ReleaseHold,
    RetryMessages,
    RetryReply,
    TroubledReply,
)
from services.contracts.words import AttemptOutcome, ConsentState, ReminderStatus
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.tables import delivery_attempt, operation, outbound
from services.reminders.delivery.domain.outgoing import Accepted, RejectedForGood, Unknown
from services.reminders.delivery.storage.sweeps import Sweeps
from services.reminders.operations.usecases.holds import place_hold, release_hold
from services.reminders.operations.usecases.retry_messages import retry_messages
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import unit_of_work

ALL = MessageFilter()


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    """Without consent for email, so that nothing falls back to it."""
    made = DueMessages(engine, vault)
    made.consent(Channel.EMAIL, ConsentState.WITHDRAWN)
    return made


def fail(due: DueMessages, worker: Worker, number: int = 0, **more: Any) -> int:
    message = due.remind(number, **more)
    worker.dispatcher.answer = lambda _: RejectedForGood("NO_ROUTE")
    worker.send_batch(Channel.SMS)
    worker.dispatcher.answer = lambda message: Accepted(f"SM{message.attempt_id}")
    return message


def lose(due: DueMessages, worker: Worker) -> int:
    message = due.remind()
    worker.dispatcher.answer = lambda _: Unknown("TIMEOUT")
    worker.send_batch(Channel.SMS)
    worker.dispatcher.answer = lambda message: Accepted(f"SM{message.attempt_id}")
    return message


def retry(due: DueMessages, **more: Any) -> RetryReply | Refusal:
    usual: dict[str, Any] = {
        "state": ReminderStatus.FAILED, "which": ALL, "actor": "robin", "reason": "mended",
    }  # fmt: skip
    with unit_of_work(due.engine, due.vault) as uow:
        return retry_messages(uow, RetryMessages(**usual | more))


def retry_unknown(due: DueMessages, **more: Any) -> RetryReply | Refusal:
    return retry(due, state=ReminderStatus.UNKNOWN, **more)


def troubled(due: DueMessages, state: ReminderStatus, **which: Any) -> TroubledReply:
    with unit_of_work(due.engine, due.vault) as uow:
        ask = ListTroubled(state=state, which=MessageFilter(**which))
        return uow.troubled_messages.list(ask)


def hold(due: DueMessages, **more: Any) -> HoldRecord:
    with unit_of_work(due.engine, due.vault) as uow:
        placed = place_hold(uow, PlaceHold(reason="wrong text", actor="robin", **more))
    assert isinstance(placed, HoldRecord)
    return placed


def release(due: DueMessages, hold_id: int) -> HoldRecord | Refusal:
    with unit_of_work(due.engine, due.vault) as uow:
        command = ReleaseHold(hold_id=hold_id, reason="right again", actor="robin")
        return release_hold(uow, command)


def test_a_failed_message_is_listed_with_its_reason(due: DueMessages, worker: Worker) -> None:
    message = fail(due, worker)

    [item] = troubled(due, ReminderStatus.FAILED).items

    assert (item.id, item.code, item.provider, item.attempts) == (message, "NO_ROUTE", "twilio", 1)


@pytest.mark.parametrize(
    ("which", "count"),
    [
        ({"channel": Channel.SMS}, 1),
        ({"channel": Channel.EMAIL}, 0),
        ({"provider": "twilio"}, 1),
        ({"provider": "kannel"}, 0),
        ({"plan": "aftercare"}, 1),
        ({"plan": "peel"}, 0),
        ({"code": "NO_ROUTE"}, 1),
        ({"code": "TIMEOUT"}, 0),
        ({"since_seconds": 3600.0}, 1),
        ({"since_seconds": 0.0}, 0),
        ({"clinic_id": 0}, 0),
    ],
)
def test_a_filter_leaves_only_what_matches(
    due: DueMessages, worker: Worker, which: dict[str, Any], count: int
) -> None:
    fail(due, worker)

    assert troubled(due, ReminderStatus.FAILED, **which).total == count


def test_a_retry_follows_the_failed_message_with_a_new_one(
    due: DueMessages, worker: Worker
) -> None:
    message = fail(due, worker)

    assert retry(due) == RetryReply(retried=1, too_late=0)
    worker.send_batch(Channel.SMS)

    states = {row.retry_of: row.state for row in due.rows_of(outbound)}
    assert states == {None: ReminderStatus.FAILED, message: ReminderStatus.ACCEPTED}


def test_a_failed_message_is_followed_once(due: DueMessages, worker: Worker) -> None:
    fail(due, worker)
    retry(due)

    assert retry(due) == RetryReply(retried=0, too_late=0)


def test_a_rehearsal_changes_nothing(due: DueMessages, worker: Worker) -> None:
    fail(due, worker)

    assert retry(due, is_rehearsal=True) == RetryReply(retried=1, too_late=0)
    assert len(due.rows_of(outbound)) == 1


def test_a_message_past_its_usefulness_is_not_sent_again(due: DueMessages, worker: Worker) -> None:
    message = fail(due, worker)
    due.change(message, useful_until=due.row(message).due_at)

    assert retry(due) == RetryReply(retried=0, too_late=1)


def test_an_operation_is_logged_with_actor_and_reason(
    engine: sa.Engine, due: DueMessages, worker: Worker
) -> None:
    fail(due, worker)
    retry(due, which=MessageFilter(code="NO_ROUTE"))

    with engine.begin() as connection:
        [kept] = connection.execute(sa.select(operation))

    assert (kept.kind, kept.actor, kept.reason, kept.affected) == (
        "RETRY_FAILED", "robin", "mended", 1,
    )  # fmt: skip
    assert kept.filters == '{"code":"NO_ROUTE"}'


def test_an_operation_without_a_reason_is_refused(due: DueMessages) -> None:
    refused = retry(due, reason=" ")

    assert isinstance(refused, Refusal)
    assert refused.code is UserErrorCode.REQUIRED


def test_an_unknown_message_is_not_sent_again_unless_a_duplicate_is_accepted(
    due: DueMessages, worker: Worker
) -> None:
    message = lose(due, worker)

    assert isinstance(retry_unknown(due), Refusal)
    assert due.state(message)[0] is ReminderStatus.UNKNOWN


def test_accepting_a_duplicate_closes_the_attempt_and_sends_again(
    due: DueMessages, worker: Worker
) -> None:
    message = lose(due, worker)

    retry_unknown(due, accepts_duplicates=True)
    worker.send_batch(Channel.SMS)

    outcomes = [(row.outcome, row.code) for row in due.rows_of(delivery_attempt)]
    assert due.state(message)[0] is ReminderStatus.ACCEPTED
    assert outcomes == [
        (AttemptOutcome.REJECTED_FOR_NOW, "CLOSED_BY_OPERATOR"),
        (AttemptOutcome.ACCEPTED, None),
    ]


@pytest.mark.parametrize("by", ["clinic_id", "channel", "plan", "provider", "all"])
def test_a_hold_keeps_back_and_drops_nothing(due: DueMessages, worker: Worker, by: str) -> None:
    message = due.remind()
    held = {
        "clinic_id": due.clinic_id, "channel": Channel.SMS, "plan": "aftercare",
        "provider": "twilio",
    }  # fmt: skip
    hold(due, **({by: held[by]} if by in held else {}))

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.sent == []
    assert due.state(message) == (ReminderStatus.SCHEDULED, "HELD")
    assert due.why(message) == ["HELD"]


@pytest.mark.parametrize(
    "other",
    [{"channel": Channel.EMAIL}, {"plan": "peel"}, {"provider": "kannel"}],
    ids=["channel", "plan", "provider"],
)
def test_a_hold_on_something_else_holds_nothing(
    due: DueMessages, worker: Worker, other: dict[str, Any]
) -> None:
    due.remind()
    hold(due, **other)

    worker.send_batch(Channel.SMS)

    assert len(worker.dispatcher.sent) == 1


def test_a_held_message_is_not_claimed(due: DueMessages, worker: Worker) -> None:
    due.remind()
    hold(due, clinic_id=due.clinic_id)
    worker.send_batch(Channel.SMS)

    assert worker.send_batch(Channel.SMS) == 0


def test_a_released_message_is_sent(engine: sa.Engine, due: DueMessages, worker: Worker) -> None:
    message = due.remind()
    placed = hold(due, clinic_id=due.clinic_id)
    worker.send_batch(Channel.SMS)

    release(due, placed.id)
    Sweeps(engine).let_go()
    worker.send_batch(Channel.SMS)

    assert due.state(message)[0] is ReminderStatus.ACCEPTED
    assert due.why(message) == ["HELD", "RELEASED"]


def test_a_message_that_expires_while_held_says_so(
    engine: sa.Engine, due: DueMessages, worker: Worker
) -> None:
    message = due.remind()
    hold(due, clinic_id=due.clinic_id)
    worker.send_batch(Channel.SMS)
    due.change(message, useful_until=sa.func.now() - timedelta(seconds=1))

    Sweeps(engine).expire()

    assert due.state(message) == (ReminderStatus.EXPIRED, "USEFULNESS_OVER")


def test_a_message_released_at_night_waits_for_the_window(
    engine: sa.Engine, due: DueMessages, worker: Worker
) -> None:
    message = due.remind()
    placed = hold(due, clinic_id=due.clinic_id)
    worker.send_batch(Channel.SMS)
    due.close_window()

    release(due, placed.id)
    Sweeps(engine).let_go()
    worker.send_batch(Channel.SMS)

    assert due.state(message) == (ReminderStatus.SCHEDULED, "OUTSIDE_WINDOW")


def test_a_released_message_is_held_by_another_matching_hold(
    engine: sa.Engine, due: DueMessages, worker: Worker
) -> None:
    message = due.remind()
    first, _ = hold(due, clinic_id=due.clinic_id), hold(due, channel=Channel.SMS)
    worker.send_batch(Channel.SMS)

    release(due, first.id)
    Sweeps(engine).let_go()
    worker.send_batch(Channel.SMS)

    assert due.state(message) == (ReminderStatus.SCHEDULED, "HELD")


def test_a_message_held_just_as_its_hold_ended_is_released(
    engine: sa.Engine, due: DueMessages
) -> None:
    message = due.remind()
    placed = hold(due, clinic_id=due.clinic_id)
    release(due, placed.id)
    Sweeps(engine).let_go()
    due.change(message, hold_id=placed.id, state_reason="HELD")

    Sweeps(engine).let_go()

    assert due.row(message).hold_id is None


def test_an_opt_out_confirmation_is_not_held(due: DueMessages, worker: Worker) -> None:
    body = due.vault.seal_text("You are unsubscribed.", context="reminders.outbound.body")
    due.remind(kind=OutboundKind.OPT_OUT_CONFIRMATION, step_key=None, body_sealed=body)
    hold(due)
    hold(due, provider="twilio")

    worker.send_batch(Channel.SMS)

    assert [message.text for message in worker.dispatcher.sent] == ["You are unsubscribed."]


def test_a_hold_is_released_once(due: DueMessages) -> None:
    placed = hold(due)
    release(due, placed.id)

    refused = release(due, placed.id)

    assert isinstance(refused, Refusal)
    assert refused.code is UserErrorCode.NOT_FOUND
