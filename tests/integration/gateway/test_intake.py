"""Receipts and replies: kept before they are answered, handed on exactly once."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from services.chassis.answer import AskServer, CommandContext
from services.chassis.vault import Vault
from services.contracts.ask import RemindersAsk
from services.contracts.catalog import Purpose
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.replies import RecordUnsubscribe
from services.contracts.words import ReceiptState
from services.gateway.http.pages import unsubscribe
from services.gateway.http.webhooks import twilio
from services.gateway.storage.intake import StoredIntake
from services.gateway.storage.tables import dropped_receipt, inbox, intake
from tests.support.processes.gateway_process import PUBLIC_URL, TOKEN, GatewayProcess, running
from tests.support.waiting import eventually

INBOUND = "/webhooks/sms/twilio/inbound"


class Reminders:
    """Takes what it is asked to record; `fails` refuses it, `interrupt` comes before the reply.

    `knows` is what it answers.
    """

    def __init__(self) -> None:
        self.recorded: list[Any] = []
        self.fails = False
        self.knows = True
        self.interrupt: Callable[[], None] = lambda: None

    def record(self, _connection: sa.Connection, command: Any, _context: CommandContext) -> bool:
        if self.fails:
            raise RuntimeError("not today")
        self.recorded.append(command)
        self.interrupt()
        return self.knows


@pytest.fixture
def reminders(engine: sa.Engine, redis_url: str, vault: Vault) -> Iterator[Reminders]:
    standing_in = Reminders()
    server = AskServer(
        stream=RemindersAsk.stream,
        redis_url=redis_url,
        vault=vault,
        engine=engine,
        inbox=inbox,
        reads={},
        commands=dict.fromkeys(
            (RecordReceipt, RecordInbound, RecordUnsubscribe), standing_in.record
        ),
        consumers=1,
    )
    server.start()
    yield standing_in
    server.stop()


def text_in(gateway: GatewayProcess, number: int, body: str = "STOP") -> int:
    form = {"MessageSid": f"SM{number}", "From": "+12025550101", "To": "+12025550100", "Body": body}
    signature = twilio.signature_of(
        TOKEN, PUBLIC_URL + INBOUND, {name: [value] for name, value in form.items()}
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
    }
    return gateway.call("POST", INBOUND, urlencode(form).encode(), headers).status


def waiting(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(intake)).scalar_one()


def wait_until_handed_on(engine: sa.Engine, seconds: float = 20) -> None:
    assert eventually(lambda: waiting(engine) == 0, within=seconds)


def test_hands_a_text_on_and_forgets_it(
    gateway_environment: dict[str, str], engine: sa.Engine, reminders: Reminders
) -> None:
    with running(gateway_environment) as gateway:
        assert text_in(gateway, 1, "help 🌿") == 200
        wait_until_handed_on(engine)
    (text,) = reminders.recorded
    assert (text.text, text.their_address) == ("help 🌿", "+12025550101")


def test_keeps_texts_sealed_until_reminders_is_there(
    gateway_environment: dict[str, str], engine: sa.Engine
) -> None:
    with running(gateway_environment) as gateway:
        assert [text_in(gateway, number) for number in range(3)] == [200] * 3
        with engine.connect() as connection:
            payloads = connection.execute(sa.select(intake.c.payload_sealed)).scalars().all()
    assert len(payloads) == 3
    assert not any(b"STOP" in payload or b"2025550101" in payload for payload in payloads)


def test_a_killed_gateway_loses_nothing_and_doubles_nothing(
    gateway_environment: dict[str, str],
    engine: sa.Engine,
    request: pytest.FixtureRequest,
) -> None:
    with running(gateway_environment) as gateway:
        for number in range(10):
            assert text_in(gateway, number) == 200
        gateway.kill()
    with engine.begin() as connection:
        connection.execute(sa.update(intake).values(not_before=sa.func.now()))
    reminders: Reminders = request.getfixturevalue("reminders")
    with running(gateway_environment):
        wait_until_handed_on(engine)
    assert sorted(receipt.provider_message_id for receipt in reminders.recorded) == [
        f"SM{number}" for number in range(10)
    ]


def test_a_gateway_killed_before_it_gets_the_reply_records_nothing_twice(
    gateway_environment: dict[str, str], engine: sa.Engine, reminders: Reminders
) -> None:
    is_answered = threading.Event()

    def kill() -> None:
        is_answered.wait(10)  # the provider hears first that its text was kept
        gateway.kill()

    with running(gateway_environment) as gateway:
        reminders.interrupt = kill
        assert text_in(gateway, 1) == 200
        is_answered.set()
        gateway.process.wait(20)
    reminders.interrupt = lambda: None
    assert waiting(engine) == 1
    with running(gateway_environment):
        wait_until_handed_on(engine)
    assert len(reminders.recorded) == 1


def test_tries_again_what_reminders_could_not_record(
    gateway_environment: dict[str, str], engine: sa.Engine, reminders: Reminders
) -> None:
    reminders.fails = True
    with running(gateway_environment) as gateway:
        text_in(gateway, 1)
        _wait_for_attempts(engine, 1)
        reminders.fails = False
        wait_until_handed_on(engine)
    assert len(reminders.recorded) == 1


def early_receipt(now: datetime) -> RecordReceipt:
    return RecordReceipt(
        provider="twilio",
        provider_reference="SM1",
        state=ReceiptState.DELIVERED,
        provider_state="delivered",
        received_at=now,
    )


def test_a_receipt_ahead_of_our_own_bookkeeping_is_tried_until_it_is_known(
    gateway_environment: dict[str, str], engine: sa.Engine, vault: Vault, reminders: Reminders
) -> None:
    reminders.knows = False
    StoredIntake(engine, vault).keep(early_receipt)
    with running(gateway_environment):
        _wait_for_attempts(engine, 1)
        reminders.knows = True
        wait_until_handed_on(engine)
    assert len(reminders.recorded) == 2
    assert dropped(engine) == []


def test_a_receipt_of_nothing_we_know_is_dropped_after_a_day_and_counted(
    gateway_environment: dict[str, str], engine: sa.Engine, vault: Vault, reminders: Reminders
) -> None:
    reminders.knows = False
    StoredIntake(engine, vault).keep(early_receipt)
    with engine.begin() as connection:
        connection.execute(sa.update(intake).values(received_at=sa.func.now() - timedelta(days=1)))
    with running(gateway_environment):
        wait_until_handed_on(engine)
    assert len(reminders.recorded) == 1
    assert dropped(engine) == [("twilio", 1)]


def dropped(engine: sa.Engine) -> list[tuple[str, int]]:
    with engine.connect() as connection:
        counts = sa.select(dropped_receipt.c.provider, dropped_receipt.c.count)
        return [(provider, count) for provider, count in connection.execute(counts)]


def test_a_click_that_ends_mail_is_handed_on(
    gateway_environment: dict[str, str], engine: sa.Engine, reminders: Reminders
) -> None:
    secret = gateway_environment["SECRET_KEY"]
    token = unsubscribe.signer(secret).sign(3, 77, Purpose.CARE)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with running(gateway_environment) as gateway:
        seen = gateway.call("GET", f"/unsubscribe/{token}", b"", {})
        clicked = gateway.call("POST", f"/unsubscribe/{token}", b"List-Unsubscribe=One-Click", form)
        wait_until_handed_on(engine)
    assert (seen.status, clicked.status) == (200, 200)
    (click,) = reminders.recorded
    assert (click.clinic_id, click.contact_point_id, click.purpose) == (3, 77, Purpose.CARE)


def test_an_unsigned_call_leaves_no_row(
    gateway_environment: dict[str, str], engine: sa.Engine
) -> None:
    with running(gateway_environment) as gateway:
        reply = gateway.call(
            "POST",
            INBOUND,
            b"From=x&To=y&MessageSid=z",
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
    assert (reply.status, waiting(engine)) == (403, 0)


def _wait_for_attempts(engine: sa.Engine, attempts: int) -> None:
    def is_tried() -> bool:
        with engine.connect() as connection:
            most = connection.execute(sa.select(sa.func.max(intake.c.attempts))).scalar_one()
        return (most or 0) >= attempts

    assert eventually(is_tried, within=20), "nobody tried to hand the row on"
