"""Mail services call a gateway over HTTP, and what they say is stored."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.incoming import RecordReceipt
from services.contracts.words import AddressFault
from services.gateway.storage.intake import StoredIntake
from services.gateway.storage.tables import intake
from tests.support.gateway.mail_services import SendGrid, basic, mailgun_call
from tests.support.processes.gateway_process import GatewayProcess, running

GRID = SendGrid()
SETTINGS = {
    "SENDGRID_WEBHOOK_KEY": GRID.verification_key,
    "MAILGUN_SIGNING_KEY": "key-of-mailgun",
    "POSTMARK_WEBHOOK_LOGIN": "postmark:secret",
    "SES_TOPICS": "arn:aws:sns:eu-west-1:123456789012:afterglow-mail",
}


@pytest.fixture
def gateway(gateway_environment: dict[str, str]) -> Iterator[GatewayProcess]:
    with running(gateway_environment | SETTINGS) as process:
        yield process


def post(gateway: GatewayProcess, service: str, body: bytes, headers: dict[str, str]) -> int:
    return gateway.call("POST", f"/webhooks/email/{service}/events", body, headers).status


def complaints(gateway: GatewayProcess, engine: sa.Engine, vault: Vault) -> int:
    """Ends the gateway first, which tries to pass them on to a service that is not there."""
    gateway.kill()
    with engine.begin() as connection:
        connection.execute(sa.update(intake).values(not_before=sa.func.now()))
    with StoredIntake(engine, vault).claim(5_000) as claimed:
        payloads = [item.payload for item in claimed.items]
    receipts = [payload for payload in payloads if isinstance(payload, RecordReceipt)]
    return sum(receipt.about_address is AddressFault.COMPLAINT for receipt in receipts)


def test_every_service_is_heard_and_only_with_its_proof(
    gateway: GatewayProcess, engine: sa.Engine, vault: Vault
) -> None:
    grid = json.dumps([{"event": "spamreport", "sg_message_id": f"x{n}.filter"} for n in range(2)])
    gun = {"event": "complained", "message": {"headers": {"message-id": "x@clinic.example"}}}
    mark = json.dumps({"RecordType": "SpamComplaint", "MessageID": "x3"}).encode()

    assert post(gateway, "sendgrid", grid.encode(), GRID.headers(grid.encode())) == 200
    assert post(gateway, "sendgrid", grid.encode(), {}) == 403
    call = mailgun_call("key-of-mailgun", gun)
    assert post(gateway, "mailgun", call, {}) == 200
    replayed = json.loads(call)
    replayed["event-data"]["event"] = "unsubscribed"
    assert post(gateway, "mailgun", json.dumps(replayed).encode(), {}) == 403
    assert post(gateway, "postmark", mark, basic("postmark:secret")) == 200
    assert post(gateway, "postmark", mark, basic("postmark:other")) == 403
    assert post(gateway, "ses", b"{}", {}) == 400
    assert complaints(gateway, engine, vault) == 4


def test_a_batch_may_be_as_large_as_sendgrid_makes_it(
    gateway: GatewayProcess, engine: sa.Engine, vault: Vault
) -> None:
    event = {"event": "spamreport", "filler": "x" * 7_000}
    events = [event | {"sg_message_id": f"x{n}.filter"} for n in range(100)]
    body = json.dumps([*events, {"event": 7}]).encode()

    assert len(body) > 700_000
    assert post(gateway, "sendgrid", body, GRID.headers(body)) == 200
    assert complaints(gateway, engine, vault) == 100


def test_other_pages_still_refuse_a_large_body(gateway: GatewayProcess) -> None:
    assert gateway.call("POST", "/webhooks/sms/twilio/status", b"x" * 300_000).status == 413
