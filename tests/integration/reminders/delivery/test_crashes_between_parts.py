"""Workers that die while a text leaves in parts, and answers that come late."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.operations import MessageFilter, RetryMessages, RetryReply
from services.contracts.words import (
    ReceiptState,
    ReminderStatus,
)
from services.reminders.delivery.domain.attempts import Departures
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Unknown,
)
from services.reminders.delivery.storage.dead_workers import DeadWorkers
from services.reminders.delivery.storage.sweeps import Sweeps
from services.reminders.operations.usecases.retry_messages import retry_messages
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.long_texts import (
    LONG,
    attempts,
    joined,
    report,
    send,
    sent,
)
from tests.support.reminders.sending import Worker, begin, claim, end_leases
from tests.support.reminders.units_of_work import ignore, unit_of_work


def die(due: DueMessages, worker: Worker, *, has_left: bool) -> Any:
    """The second part begins, and its worker dies before it left or after."""
    send(worker)
    worker.dispatcher.answer = stop_here
    with pytest.raises(KeyboardInterrupt):
        send(worker)
    begun = attempts(due)[-1]
    departed = frozenset({(due.clinic_id, begun.id)} if has_left else ())
    DeadWorkers(due.engine).settle(Departures(worker.owner, departed))
    return begun


def stop_here(_: object) -> Accepted:
    raise KeyboardInterrupt


def test_a_part_that_never_left_is_sent_by_another_worker(
    long_text: int, due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    die(due, worker, has_left=False)
    other = Worker(engine, vault)
    send(other, 3)

    first, lost = sent(worker)
    assert lost == sent(other)[0]
    assert joined([first, *sent(other)]) == joined([LONG])
    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED


def test_a_part_that_may_have_left_is_not_sent_again(
    long_text: int, due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    die(due, worker, has_left=True)
    other = Worker(engine, vault)
    send(other, 3)

    assert sent(other) == []
    assert due.state(long_text)[0] is ReminderStatus.UNKNOWN


@pytest.mark.parametrize("state", [ReceiptState.ACCEPTED, ReceiptState.DELIVERED])
def test_a_receipt_for_it_lets_the_rest_go(
    state: ReceiptState,
    long_text: int,
    due: DueMessages,
    worker: Worker,
    engine: sa.Engine,
    vault: Vault,
) -> None:
    begun = die(due, worker, has_left=True)
    report(due, begun.id, state)
    other = Worker(engine, vault)
    send(other, 3)

    assert joined([*sent(worker), *sent(other)]) == joined([LONG])
    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED


def test_an_answer_without_a_word_leaves_it_unknown(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    worker.dispatcher.answer = lambda _: Unknown("TIMEOUT")
    send(worker, 3)

    assert due.state(long_text) == (ReminderStatus.UNKNOWN, "TIMEOUT")
    assert len(sent(worker)) == 2


def test_a_lease_that_ends_between_parts_loses_nothing(
    long_text: int, due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    send(worker)
    claim(worker)
    end_leases(engine)
    Sweeps(engine).return_queued()
    other = Worker(engine, vault)
    send(other, 3)

    assert joined([*sent(worker), *sent(other)]) == joined([LONG])
    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED


def test_no_part_begins_twice(
    long_text: int, due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    assert long_text
    send(worker)
    other = Worker(engine, vault)
    stale = claim(other)
    # its attempt would be of the first part, which was accepted
    assert begin(other, stale) == []
    assert len(attempts(due)) == 1


def test_an_answer_that_comes_after_the_lease_lets_the_rest_go(
    long_text: int, due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    def late(message: Any) -> Accepted:
        end_leases(engine)
        Sweeps(engine).give_up_sending()
        return Accepted(f"SM{message.attempt_id}")

    worker.dispatcher.answer = late
    send(worker, 4)

    assert joined(sent(worker)) == joined([LONG])
    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED


def test_a_person_who_accepts_a_duplicate_has_the_unknown_part_and_the_rest_sent(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    worker.dispatcher.answer = lambda _: Unknown("TIMEOUT")
    send(worker)
    worker.dispatcher.answer = lambda message: Accepted(f"SM{message.attempt_id}")
    command = RetryMessages(
        state=ReminderStatus.UNKNOWN,
        which=MessageFilter(),
        actor="robin",
        reason="lost",
        accepts_duplicates=True,
    )
    with unit_of_work(due.engine, due.vault, ignore) as uow:
        assert isinstance(retry_messages(uow, command), RetryReply)
    send(worker, 3)

    first, unknown, again, last = sent(worker)
    assert (unknown, joined([first, again, last])) == (again, joined([LONG]))
    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED
