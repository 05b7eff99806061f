"""A real Kannel and its provider: what we send arrives, and what it calls back we understand."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from services.chassis.tokens import TokenSigner
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.contracts.words import ReceiptState, SuppressionReason
from services.gateway.app import make_app
from services.gateway.http.webhooks import kannel
from services.gateway.intake.items import IntakePayload
from services.reminders.channels.sms.kannel.client import Kannel
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
)
from tests.support.processes.kannel_gateway import (
    PASSWORD,
    USERNAME,
    KannelGateway,
    got,
    need_kannel,
)

SECRET = "s" * 32
TOKEN = "inbound-token"
NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)


class Webhooks:
    """The gateway's routes for Kannel, on a real socket."""

    def __init__(self) -> None:
        self.payloads: list[IntakePayload] = []
        app = make_app({}, [kannel.webhooks(SECRET, TOKEN, self._keep)])
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/sms/kannel"

    def _keep(self, make: Callable[[datetime], IntakePayload]) -> None:
        self.payloads.append(make(NOW))

    def report_url(self, clinic_id: int, attempt_id: int) -> str:
        signer = TokenSigner(SECRET, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME)
        token = signer.sign(clinic_id, attempt_id)
        return f"{self.url}/status?clinic={clinic_id}&attempt={attempt_id}&token={token}"

    def after(self, count: int) -> list[IntakePayload]:
        deadline = time.monotonic() + 10
        while len(self.payloads) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.payloads

    @contextmanager
    def running(self) -> Iterator["Webhooks"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@pytest.fixture
def webhooks() -> Iterator[Webhooks]:
    need_kannel()
    with Webhooks().running() as running:
        yield running


@pytest.fixture
def gateway(tmp_path: Path, webhooks: Webhooks) -> Iterator[KannelGateway]:
    with KannelGateway(tmp_path, f"{webhooks.url}/inbound?token={TOKEN}").running() as running:
        yield running


def send(
    gateway: KannelGateway,
    *texts: str,
    webhooks: Webhooks | None = None,
    password: str = PASSWORD,
    **changes: Any,
) -> list[Outcome]:
    values: dict[str, Any] = {
        "attempt_id": 7,
        "clinic_id": 1,
        "to": "+12025550123",
        "sender": "+12025550100",
        "callback_url": webhooks.report_url(1, 7) if webhooks else None,
        "deadline_seconds": 5,
    }

    async def run() -> list[Outcome]:
        client = Kannel(
            sendsms_url=gateway.sendsms_url,
            username=USERNAME,
            password=password,
        )
        try:
            return [
                await client.send(OutgoingMessage(**{**values, "text": text, **changes}), _nothing)
                for text in texts
            ]
        finally:
            await client.close()

    return asyncio.run(run())


def _nothing() -> None:
    """Nobody looks at departures here."""


def test_a_text_reaches_the_provider_as_it_was_written(gateway: KannelGateway) -> None:
    with gateway.provider() as log:
        outcomes = send(gateway, "Héllo & 5 € [ok]", "Żółć 🌿")
        received = got(log, 2)

    assert outcomes == [Accepted(None)] * 2
    assert received == [
        "+12025550100 +12025550123 text Héllo & 5 € [ok]",
        "+12025550100 +12025550123 ucs-2 %01%7B%00%F3%01B%01%07%00+%D8%3C%DF%3F",
    ]


def test_reports_come_back_about_the_attempt(gateway: KannelGateway, webhooks: Webhooks) -> None:
    with gateway.provider():
        send(gateway, "Keep it clean.", webhooks=webhooks)
        payloads = webhooks.after(2)

    reports = [report for report in payloads if isinstance(report, RecordReceipt)]
    assert {(report.provider_state, report.state) for report in reports} == {
        ("8", ReceiptState.ACCEPTED),
        ("1", ReceiptState.DELIVERED),
    }
    assert {(report.clinic_id, report.attempt_id) for report in reports} == {(1, 7)}


def test_what_a_patient_texts_comes_in_whole(gateway: KannelGateway, webhooks: Webhooks) -> None:
    with gateway.provider("+12025550123 +12025550100 ucs2 %00S%00%cd%00%20%d8%3c%df%3f"):
        [inbound] = webhooks.after(1)

    assert isinstance(inbound, RecordInbound)
    assert (inbound.their_address, inbound.our_address) == ("+12025550123", "+12025550100")
    assert inbound.text == "SÍ 🌿"


def test_a_provider_that_is_away_does_not_keep_a_text_from_being_taken(
    gateway: KannelGateway,
) -> None:
    assert send(gateway, "Keep it clean.") == [Accepted(None)]


def test_a_wrong_password_waits_for_an_operator(gateway: KannelGateway) -> None:
    [outcome] = send(gateway, "Keep it clean.", password="wrong")

    assert outcome == RejectedForNow("HTTP_403", failure=Failure.NOT_ALLOWED)


def test_a_number_that_the_gateway_denies_is_not_used_again(gateway: KannelGateway) -> None:
    [outcome] = send(gateway, "Keep it clean.", to="+1202555O123")  # a letter among the digits

    assert outcome == RejectedForGood("KANNEL_DENIED", SuppressionReason.MANUAL)
