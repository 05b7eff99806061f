"""The carrier's call over real sockets: what is definite, and what nobody can know."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest

from services.reminders.channels.sms.twilio.client import Twilio
from services.reminders.domain.outgoing import (
    Accepted,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)
from tests.support.http_carrier import CREATED, HttpCarrier, Reply


@pytest.fixture
def carrier() -> Iterator[HttpCarrier]:
    with HttpCarrier().running() as running:
        yield running


def message(deadline_seconds: float = 5) -> OutgoingMessage:
    return OutgoingMessage(
        attempt_id=7,
        clinic_id=1,
        to="+12025550123",
        sender="+12025550100",
        text="Héllo & goodbye",
        callback_url="http://gateway.example/status?clinic=1&attempt=7",
        deadline_seconds=deadline_seconds,
    )


def send(url: str, *, times: int = 1, deadline_seconds: float = 5,
         leaving: Callable[[], None] = lambda: None) -> list[Outcome]:  # fmt: skip
    async def run() -> list[Outcome]:
        client = Twilio(api_url=url, account_sid="AC1", auth_token="secret")
        try:
            return [await client.send(message(deadline_seconds), leaving) for _ in range(times)]
        finally:
            await client.close()

    return asyncio.run(run())


def test_hands_over_a_form_and_learns_the_reference(carrier: HttpCarrier) -> None:
    assert send(carrier.url) == [Accepted("SM1")]
    assert carrier.taken == [
        {
            "To": "+12025550123",
            "From": "+12025550100",
            "Body": "Héllo & goodbye",
            "StatusCallback": "http://gateway.example/status?clinic=1&attempt=7",
        }
    ]


def test_keeps_the_connection(carrier: HttpCarrier) -> None:
    send(carrier.url, times=5)

    assert carrier.connections == 1


def test_notes_each_departure_once_on_new_and_kept_connections(carrier: HttpCarrier) -> None:
    departures: list[int] = []

    send(carrier.url, times=3, leaving=lambda: departures.append(len(carrier.taken)))

    assert departures == [0, 1, 2]


def test_a_reply_that_is_lost_is_unknown(carrier: HttpCarrier) -> None:
    carrier.answer = lambda _: None

    [outcome] = send(carrier.url)

    assert isinstance(outcome, Unknown)
    assert len(carrier.taken) == 1


def test_a_lost_reply_on_a_kept_connection_is_not_sent_again(carrier: HttpCarrier) -> None:
    replies: list[Reply] = [CREATED, None]
    carrier.answer = lambda _: replies.pop(0)

    [_, outcome] = send(carrier.url, times=2)

    assert isinstance(outcome, Unknown)
    assert len(carrier.taken) == 2


def test_a_reply_that_comes_too_late_is_unknown(carrier: HttpCarrier) -> None:
    def dawdle(_: dict[str, str]) -> Reply:
        time.sleep(0.5)
        return CREATED

    carrier.answer = dawdle

    assert send(carrier.url, deadline_seconds=0.2) == [Unknown("TIMEOUT")]


def test_nobody_listening_is_definite() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    [outcome] = send(url)

    assert isinstance(outcome, RejectedForNow)


def test_a_connection_that_is_never_made_is_definite() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        with socket.create_connection(address):  # the only place in the queue
            [outcome] = send(f"http://127.0.0.1:{address[1]}", deadline_seconds=0.3)

    assert outcome == RejectedForNow("TIMEOUT")


def test_a_departure_that_cannot_be_noted_sends_nothing(carrier: HttpCarrier) -> None:
    def refuse() -> NoReturn:
        raise OSError("disk full")

    [outcome] = send(carrier.url, leaving=refuse)

    assert isinstance(outcome, RejectedForNow)
    assert carrier.taken == []


def test_a_redirect_is_not_followed(carrier: HttpCarrier) -> None:
    carrier.answer = lambda _: (302, {"Location": carrier.url}, b"")

    assert send(carrier.url) == [RejectedForNow("HTTP_302")]
    assert len(carrier.taken) == 1


def test_a_refusal_for_good_is_understood(carrier: HttpCarrier) -> None:
    carrier.answer = lambda _: (400, {}, b'{"code": 21612}')

    assert send(carrier.url) == [RejectedForGood("TWILIO_21612")]
