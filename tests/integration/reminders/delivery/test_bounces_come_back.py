"""A mail leaves, comes back by one way or another, and its address is not used again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.incoming import RecordReceipt, RecordUnreadMail
from services.contracts.words import ReminderStatus, SuppressionReason, TaskKind
from services.gateway.app import make_app
from services.gateway.http.webhooks.mail_events import EventIntake
from services.gateway.http.webhooks.mail_tokens import MailTokens
from services.gateway.http.webhooks.postmark import routes as postmark
from services.gateway.http.webhooks.ses import routes as ses
from services.gateway.http.webhooks.ses.sns import SnsMessages
from services.reminders.check_ins.usecases.record_unread_mail import record_unread_mail
from services.reminders.database.tables import sender, staff_task, suppression
from services.reminders.delivery.domain.outgoing import Accepted, OutgoingMessage
from services.reminders.delivery.usecases.record_receipt import record_receipt
from tests.support.gateway.intake import Kept
from tests.support.gateway.mail_listening import DOMAIN, SECRET, listening
from tests.support.gateway.mail_services import TOPIC, Sns, basic
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import unit_of_work

SES_ID = "0100018f2a3b4c5d-8e9f0a1b-2c3d-4e5f-6071-8293a4b5c6d7-000000"
REPORT = b"""\
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; pat@example.org
Action: failed
Status: 5.1.1

--b--
""".replace(b"\n", b"\r\n")


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def sent(due: DueMessages, worker: Worker) -> OutgoingMessage:
    """A mail that SES has accepted."""
    with due.engine.begin() as connection:
        connection.execute(sa.update(sender).values(bounce_domain=DOMAIN))
    due.remind(channel=Channel.EMAIL)
    worker.dispatcher.answer = lambda _: Accepted(SES_ID)
    worker.send_batch(Channel.EMAIL)
    [message] = worker.dispatcher.sent
    return message


def by_smtp(_sent: OutgoingMessage, kept: Kept, content: bytes = REPORT) -> None:
    with listening(kept.keep) as mail, mail.connect() as client:
        assert client.greet().send(content, to=_sent.return_path).startswith("250")


def by_ses(sent: OutgoingMessage, kept: Kept) -> None:
    """SES names its own id alone."""
    sns = Sns()
    intake = EventIntake(ses.SERVICE, MailTokens(SECRET), kept.keep)
    web = make_app({}, [ses.webhooks(SnsMessages([TOPIC], sns.fetch), intake)]).test_client()
    event: dict[str, Any] = {
        "notificationType": "Bounce",
        "mail": {"messageId": SES_ID, "destination": [sent.to]},
        "bounce": {"bounceType": "Permanent", "bounceSubType": "NoEmail"},
    }
    assert web.post("/webhooks/email/ses/events", data=sns.message(event)).status_code == 200


def by_postmark(sent: OutgoingMessage, kept: Kept) -> None:
    """Postmark returns what its header said."""
    intake = EventIntake(postmark.SERVICE, MailTokens(SECRET), kept.keep)
    web = make_app({}, [postmark.webhooks("a:b", intake)]).test_client()
    token = (sent.message_id or "").strip("<>").partition("@")[0]
    event = {"RecordType": "Bounce", "Type": "HardBounce", "Metadata": {"message": token}}
    call = web.post("/webhooks/email/postmark/events", data=json.dumps(event), headers=basic("a:b"))
    assert call.status_code == 200


def passed_on(due: DueMessages, kept: Kept) -> None:
    """What the forwarder does with the intake."""
    for payload in kept.payloads:
        with unit_of_work(due.engine, due.vault) as uow:
            if isinstance(payload, RecordUnreadMail):
                assert record_unread_mail(uow, payload)
            else:
                assert isinstance(payload, RecordReceipt)
                assert record_receipt(uow, payload).is_known


@pytest.mark.parametrize("come_back", [by_smtp, by_ses, by_postmark])
def test_a_hard_bounce_ends_the_address(
    due: DueMessages,
    sent: OutgoingMessage,
    kept: Kept,
    come_back: Callable[[OutgoingMessage, Kept], None],
) -> None:
    come_back(sent, kept)
    passed_on(due, kept)

    [row] = due.rows_of(suppression)
    assert (row.reason, row.channel) == (SuppressionReason.BOUNCE, Channel.EMAIL)
    assert [task.kind for task in due.rows_of(staff_task)] == [TaskKind.UNREACHABLE]


def test_a_mail_that_nobody_can_read_ends_nothing_and_is_shown(
    due: DueMessages, sent: OutgoingMessage, kept: Kept
) -> None:
    by_smtp(sent, kept, b"Subject: ?\r\n\r\nIt did not work.")
    passed_on(due, kept)

    assert due.rows_of(suppression) == []
    assert [task.kind for task in due.rows_of(staff_task)] == [TaskKind.UNREAD_REPLY]


def test_the_message_is_undelivered(due: DueMessages, sent: OutgoingMessage, kept: Kept) -> None:
    by_smtp(sent, kept)
    passed_on(due, kept)

    [payload] = kept.payloads
    assert isinstance(payload, RecordReceipt)
    assert payload.attempt_id == sent.attempt_id
    with due.engine.connect() as connection:
        states = connection.execute(sa.text("select state from reminders.outbound")).scalars()
        assert ReminderStatus.UNDELIVERED in set(states)
