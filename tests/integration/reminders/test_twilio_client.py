"""The carrier's call over real sockets; `conformance` tests what it shares with others."""

import asyncio
from collections.abc import Iterator

import pytest

from services.reminders.channels.sms.twilio.client import Twilio
from services.reminders.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
)
from tests.support.http_carrier import HttpCarrier


@pytest.fixture
def carrier() -> Iterator[HttpCarrier]:
    with HttpCarrier().running() as running:
        yield running


def message() -> OutgoingMessage:
    return OutgoingMessage(
        attempt_id=7,
        clinic_id=1,
        to="+12025550123",
        sender="+12025550100",
        text="Héllo & goodbye",
        callback_url="http://gateway.example/status?clinic=1&attempt=7",
        deadline_seconds=5,
    )


def send(url: str) -> list[Outcome]:
    async def run() -> list[Outcome]:
        client = Twilio(api_url=url, account_sid="AC1", auth_token="secret")
        try:
            return [await client.send(message(), lambda: None)]
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


def test_a_redirect_is_not_followed(carrier: HttpCarrier) -> None:
    carrier.answer = lambda _: (302, {"Location": carrier.url}, b"")

    assert send(carrier.url) == [RejectedForNow("HTTP_302", failure=Failure.NOT_ALLOWED)]
    assert len(carrier.taken) == 1


def test_a_refusal_for_good_is_understood(carrier: HttpCarrier) -> None:
    carrier.answer = lambda _: (400, {}, b'{"code": 21612}')

    assert send(carrier.url) == [RejectedForGood("TWILIO_21612")]
