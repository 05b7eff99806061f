"""Bounces (RFC 3464) and complaints (RFC 5965), as mail servers send them."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from services.chassis.tokens import TokenSigner
from services.contracts.incoming import RecordReceipt
from services.contracts.replies import MESSAGE_LIFETIME, MESSAGE_PURPOSE
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.app import make_app
from services.gateway.http.webhooks import mail
from tests.support.gateway.intake import NOW, Kept

SECRET = "a secret of tests"
TOKEN = "reports-token"
HARD = AddressFault.HARD_BOUNCE
SOFT = AddressFault.SOFT_BOUNCE
OURS = TokenSigner(SECRET, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME).sign(3, 77)

BOUNCE = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: care@clinic.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <20260304.1@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Wed, 4 Mar 2026 05:00:00 +0000 (UTC)

Final-Recipient: rfc822; pat@example.org
Original-Recipient: rfc822;pat@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; example.org
Diagnostic-Code: {diagnostic}

--=_b
Content-Type: {returned}

From: Rowan Clinic <care@clinic.example>
To: pat@example.org
Subject: From Rowan Clinic
Message-ID: <{name}@clinic.example>
List-Unsubscribe: <https://clinic.example/unsubscribe/x>

--=_b--
"""

TEXT_BOUNCE = """\
From: MAILER-DAEMON@mx.example.net
To: care@clinic.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<pat@example.org>:
{reason}

--- Below this line is a copy of the message.

From: Rowan Clinic <care@clinic.example>
To: pat@example.org
Message-ID: <{name}@clinic.example>
"""

COMPLAINT = """\
From: <abusedesk@example.com>
Date: Thu, 8 Mar 2026 17:40:36 EDT
Subject: FW: From Rowan Clinic
To: <care@clinic.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP 192.0.2.1.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

Received: from mailserver.example.net (mailserver.example.net [192.0.2.1]) by example.com
From: Rowan Clinic <care@clinic.example>
To: <redacted@example.com>
Subject: From Rowan Clinic
MIME-Version: 1.0
Content-type: text/plain
Message-ID: <{name}@clinic.example>

Keep your skin clean today.
--part1_13d.2e68ed54_boundary--
"""


@pytest.fixture
def web(kept: Kept) -> FlaskClient:
    return make_app({}, [mail.webhooks(SECRET, TOKEN, kept.keep)]).test_client()


def post(web: FlaskClient, raw: str, token: str = TOKEN) -> int:
    return web.post(
        "/webhooks/email/smtp/reports",
        data=raw.replace("\n", "\r\n").encode(),
        content_type="message/rfc822",
        headers={"Authorization": f"Bearer {token}"},
    ).status_code


def bounce(
    action: str = "failed",
    status: str = "5.1.1",
    returned: str = "message/rfc822",
    name: str = OURS,
    diagnostic: str = "smtp; refused",
) -> str:
    return BOUNCE.format(
        action=action, status=status, returned=returned, name=name, diagnostic=diagnostic
    )


def only(kept: Kept) -> RecordReceipt:
    (receipt,) = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    return receipt


@pytest.mark.parametrize(
    "returned", ["message/rfc822", "text/rfc822-headers", "text/rfc822-header"]
)
def test_a_bounce_names_the_attempt_and_its_reason(
    web: FlaskClient, kept: Kept, returned: str
) -> None:
    assert post(web, bounce(returned=returned)) == 204
    assert only(kept) == RecordReceipt(
        provider="smtp",
        clinic_id=3,
        attempt_id=77,
        state=ReceiptState.UNDELIVERED,
        provider_state="failed",
        code="5.1.1",
        about_address=AddressFault.HARD_BOUNCE,
        received_at=NOW,
    )


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        ("5.1.10", AddressFault.HARD_BOUNCE),
        ("5.2.1 (disabled)", AddressFault.HARD_BOUNCE),
        ("5.2.2", AddressFault.SOFT_BOUNCE),
        ("4.4.7", AddressFault.SOFT_BOUNCE),
        ("5.0.0", AddressFault.SOFT_BOUNCE),
        ("", AddressFault.SOFT_BOUNCE),
        ("5.7.26", None),
        ("5.3.4", None),
    ],
)
def test_distinguishes_missing_mailboxes_from_full_ones(
    web: FlaskClient, kept: Kept, status: str, fault: AddressFault | None
) -> None:
    post(web, bounce(status=status))

    assert only(kept).about_address is fault


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("delayed", ReceiptState.PENDING),
        ("delivered", ReceiptState.DELIVERED),
        ("relayed", ReceiptState.ACCEPTED),
        ("something new", ReceiptState.PENDING),
    ],
)
def test_a_report_that_is_no_failure_says_nothing_of_the_mailbox(
    web: FlaskClient, kept: Kept, action: str, state: ReceiptState
) -> None:
    post(web, bounce(action=action, status="2.0.0"))

    assert (only(kept).state, only(kept).about_address) == (state, None)


@pytest.mark.parametrize(("kind", "fault"), [("abuse", AddressFault.COMPLAINT), ("not-spam", None)])
def test_a_complaint_differs_from_a_not_spam_report(
    web: FlaskClient, kept: Kept, kind: str, fault: AddressFault | None
) -> None:
    post(web, COMPLAINT.format(kind=kind, name=OURS))

    receipt = only(kept)
    assert (receipt.clinic_id, receipt.attempt_id) == (3, 77)
    assert (receipt.state, receipt.about_address) == (ReceiptState.PENDING, fault)


@pytest.mark.parametrize(
    "name",
    [
        "attempt-3-77",
        "x" + OURS[1:],
        TokenSigner(SECRET, purpose="unsubscribe", lifetime=timedelta(days=1)).sign(3, 77),
    ],
    ids=["made up", "changed", "of another purpose"],
)
def test_a_forged_report_stops_no_email(web: FlaskClient, kept: Kept, name: str) -> None:
    assert (post(web, bounce(name=name)), kept.payloads) == (204, [])


@pytest.mark.parametrize(
    ("status", "diagnostic", "fault"),
    [
        ("5.1.1", "smtp; 550 5.1.1 your server is blacklisted", None),
        ("5.2.1", "smtp; 550 5.2.1 receiving mail at a rate that prevents delivery", None),
        ("5.0.0", "smtp; 550 pat@example.org...User unknown", HARD),
        ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied", HARD),
        ("5.1.0", "smtp; 5.1.0 - Unknown address error 552-'5.2.2 full'", SOFT),
        ("5.1.1", "smtp; 450 4.1.1 user unknown", SOFT),
    ],
)
def test_the_servers_own_words_count_before_the_status(
    web: FlaskClient, kept: Kept, status: str, diagnostic: str, fault: AddressFault | None
) -> None:
    post(web, bounce(status=status, diagnostic=diagnostic))

    assert only(kept).about_address is fault


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("Sorry, no mailbox here by that name. (#5.1.1)", HARD),
        ("The user's mailfolder is full.", SOFT),
        ("Remote host said: 554 5.7.1 blocked using zen.spamhaus.example", None),
        ("邮件地址不存在", HARD),
    ],
)
def test_a_bounce_without_a_report_is_read_by_its_text(
    web: FlaskClient, kept: Kept, reason: str, fault: AddressFault | None
) -> None:
    post(web, TEXT_BOUNCE.format(reason=reason, name=OURS))

    assert (only(kept).state, only(kept).about_address) == (ReceiptState.UNDELIVERED, fault)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (
            f"From: pat@x.example\nSubject: Automatic reply\nReferences: <{OURS}@x>\n\nAway.\n",
            "auto-reply",
        ),
        (f"To: b+{OURS}@bounces.clinic.example\n", "unreadable"),
    ],
    ids=["a note of absence", "a mail that says nothing"],
)
def test_a_mail_with_our_token_is_kept_whatever_it_says(
    web: FlaskClient, kept: Kept, raw: str, word: str
) -> None:
    assert post(web, raw) == 204
    receipt = only(kept)
    assert (receipt.state, receipt.provider_state) == (ReceiptState.PENDING, word)
    assert receipt.about_address is None


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_a_report_without_the_token_is_refused(web: FlaskClient, kept: Kept, token: str) -> None:
    assert (post(web, bounce(), token), kept.payloads) == (403, [])


def test_every_report_is_refused_where_no_token_is_set(kept: Kept) -> None:
    web = make_app({}, [mail.webhooks(SECRET, "", kept.keep)]).test_client()

    assert (post(web, bounce(), ""), kept.payloads) == (403, [])


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no mail at all",
        f"Subject: Re: hello\nIn-Reply-To: <{OURS}@clinic.example>\n\nThank you!\n",
        "Content-Type: multipart/report; boundary=x\n\n--x\n",
    ],
)
def test_an_email_that_is_not_a_report_is_refused(web: FlaskClient, kept: Kept, raw: str) -> None:
    assert (post(web, raw), kept.payloads) == (422, [])
