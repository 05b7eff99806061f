"""What every provider's adapter keeps, over real sockets: the contract of channels/channel.py.

What is definite is told from what nobody can know, and nothing leaves twice.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import NoReturn

import pytest

from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)
from tests.support.reminders.provider_rigs import RIGS, Does, Rig

Leaving = Callable[[], None]


@pytest.fixture(params=RIGS, ids=lambda rig: rig.name)
def rig(request: pytest.FixtureRequest) -> Rig:
    made: Rig = request.param()
    return made


def nothing() -> None:
    """What `leaving` does where a test does not look."""


def send(
    rig: Rig,
    *does: Does,
    times: int = 1,
    leaving: Leaving = nothing,
    deadline_seconds: float = 5,
    text: str = "Keep it clean.",
) -> list[Outcome]:
    """Send one message after the other on one provider."""

    async def run() -> list[Outcome]:
        async with rig.running(*does):
            provider = rig.open()
            try:
                return [
                    await provider.send(
                        rig.message(number, text=text, deadline_seconds=deadline_seconds), leaving
                    )
                    for number in range(times)
                ]
            finally:
                await provider.close()

    return asyncio.run(run())


def send_to(rig: Rig, port: int, deadline_seconds: float = 5) -> Outcome:
    async def run() -> Outcome:
        provider = rig.elsewhere(port)
        try:
            return await provider.send(rig.message(deadline_seconds=deadline_seconds), nothing)
        finally:
            await provider.close()

    return asyncio.run(run())


def test_hands_over_what_was_written(rig: Rig) -> None:
    [outcome] = send(rig, text="Héllo & goodbye 🌿")

    message = rig.message()
    assert isinstance(outcome, Accepted)
    assert rig.received() == [(message.to, message.sender, "Héllo & goodbye 🌿")]


def test_a_provider_keeps_its_connection_between_messages(rig: Rig) -> None:
    send(rig, times=5)

    assert (rig.connections, len(rig.received())) == (1, 5)


def test_sends_many_at_once(rig: Rig) -> None:
    async def run() -> list[Outcome]:
        async with rig.running():
            provider = rig.open()
            try:
                waves = [
                    await asyncio.gather(
                        *(provider.send(rig.message(number), nothing) for number in range(16))
                    )
                    for _ in range(2)
                ]
            finally:
                await provider.close()
        return [outcome for wave in waves for outcome in wave]

    outcomes = asyncio.run(run())

    assert [type(outcome) for outcome in outcomes] == [Accepted] * 32
    assert (len(rig.received()), rig.connections) == (32, 16)


def test_notes_each_departure_once_and_before_the_message_is_there(rig: Rig) -> None:
    departures: list[int] = []

    send(rig, times=3, leaving=lambda: departures.append(len(rig.received())))

    assert departures == [0, 1, 2]


def test_a_departure_that_cannot_be_noted_sends_nothing(rig: Rig) -> None:
    def refuse() -> NoReturn:
        raise OSError("disk full")

    [outcome] = send(rig, leaving=refuse)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is Failure.WITHHELD
    assert rig.received() == []


def test_a_lost_reply_is_unknown(rig: Rig) -> None:
    [outcome] = send(rig, Does.LOSE_THE_REPLY)

    assert isinstance(outcome, Unknown)
    assert len(rig.received()) == 1


def test_a_lost_reply_on_a_kept_connection_is_not_sent_again(rig: Rig) -> None:
    [_, outcome] = send(rig, Does.TAKE, Does.LOSE_THE_REPLY, times=2)

    assert isinstance(outcome, Unknown)
    assert len(rig.received()) == 2


def test_a_reply_that_comes_too_late_is_unknown(rig: Rig) -> None:
    assert send(rig, Does.DAWDLE, deadline_seconds=0.2) == [Unknown("TIMEOUT")]


def test_sends_on_after_a_lost_reply(rig: Rig) -> None:
    [_, outcome] = send(rig, Does.LOSE_THE_REPLY, Does.TAKE, times=2)

    assert isinstance(outcome, Accepted)


def test_nobody_listening_is_definite(rig: Rig) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    outcome = send_to(rig, port)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is Failure.NOT_REACHED


def test_a_connection_that_is_never_made_is_definite(rig: Rig) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with socket.create_connection(full.getsockname()):  # the only place in the queue
            outcome = send_to(rig, full.getsockname()[1], deadline_seconds=0.3)

    assert outcome == RejectedForNow("TIMEOUT", failure=Failure.NOT_REACHED)


def test_a_far_side_that_says_nothing_takes_no_longer_than_the_deadline(rig: Rig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        outcome = send_to(rig, silent.getsockname()[1], deadline_seconds=0.3)

    assert isinstance(outcome, Unknown | RejectedForNow)
    assert time.monotonic() - began < 2


def test_a_busy_provider_is_asked_again(rig: Rig) -> None:
    [outcome] = send(rig, Does.SAY_BUSY)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure in (Failure.BUSY, Failure.REFUSED)


def test_a_provider_out_of_order_is_asked_again(rig: Rig) -> None:
    [outcome] = send(rig, Does.SAY_OUT_OF_ORDER)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is Failure.UNAVAILABLE


def test_what_an_operator_can_mend_waits_for_it(rig: Rig) -> None:
    [outcome] = send(rig, Does.REFUSE_OUR_LOGIN)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure in (Failure.NOT_ALLOWED, Failure.SENDER)


def test_a_refusal_for_good_blames_no_address(rig: Rig) -> None:
    [outcome] = send(rig, Does.REFUSE_FOR_GOOD)

    assert isinstance(outcome, RejectedForGood)
    assert outcome.suppress is None


def test_a_refused_address_is_not_used_again(rig: Rig) -> None:
    [outcome] = send(rig, Does.REFUSE_THE_ADDRESS)

    assert isinstance(outcome, RejectedForGood)
    assert outcome.suppress is rig.suppresses


def test_sends_on_after_a_refusal(rig: Rig) -> None:
    [_, outcome] = send(rig, Does.SAY_BUSY, Does.TAKE, times=2)

    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize("does", Does)
def test_an_outcome_names_nothing_personal(rig: Rig, does: Does) -> None:
    [outcome] = send(rig, does, text="Your peel, Pat", deadline_seconds=0.2)

    text = str(outcome)
    assert not any(word in text for word in ("Pat", "peel", "pat@", "2025550123"))
