"""Our token is found wherever it stands in the decoded mail."""

import base64
import quopri
import re

import pytest

from services.bounces.reader import read_mail
from services.bounces.readings import MailKind

TOKEN = "eyJhIjo3N30.Zq81xA.k7QzWc0n3v4u5t6s7r8q9p0o1n2m"
BOUNCE = "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\nMIME-Version: 1.0\n"
RETURNED = f"From: care@clinic.example\nMessage-ID: <{TOKEN}@clinic.example>\n\nHello\n"


def find(text: str) -> str | None:
    match = re.search(re.escape(TOKEN), text)
    return match[0] if match else None


def part(kind: str, body: str, coding: str = "7bit") -> str:
    return (
        f"{BOUNCE}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: {kind}\n"
        f"Content-Transfer-Encoding: {coding}\n\n{body}\n--b--\n"
    )


def as_base64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


def as_quoted_printable(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


@pytest.mark.parametrize(
    "raw",
    [
        f"To: bounce+{TOKEN}@bounces.clinic.example\n{BOUNCE}\nno such user\n",
        f"Delivered-To: prvs=1234=b+{TOKEN}@bounces.clinic.example\n{BOUNCE}\nno\n",
        f"In-Reply-To:\n <{TOKEN}@clinic.example>\n{BOUNCE}\nno\n",
        f"{BOUNCE}\nno such user\n\n> Message-ID: <{TOKEN}@clinic.example>\n",
        part("message/rfc822", RETURNED),
        part("message/rfc822", as_base64(RETURNED), "base64"),
        part("text/rfc822-headers", RETURNED),
        part("text/rfc822-header", as_quoted_printable(RETURNED), "quoted-printable"),
        part("message/global-headers", RETURNED),
        part("text/plain", as_base64(RETURNED), "base64"),
        part("text/plain; charset=utf-16", as_base64(RETURNED), "base64"),
        part("text/html", f"<p>Message-ID: &lt;{TOKEN}@clinic.example&gt;</p>"),
        part("text/plain", as_quoted_printable(f"Message-ID: <{TOKEN}@x>"), "quoted-printable"),
        part("text/plain", f"Message-ID: <{TOKEN[:20]}\n    {TOKEN[20:]}@clinic.example>"),
        part("text/plain", f"> Message-ID: <{TOKEN[:20]}=\n> {TOKEN[20:]}@clinic.example>"),
        part("message/rfc822", part("multipart/report", part("message/rfc822", RETURNED))),
        f"{BOUNCE}Content-Type: multipart/mixed; boundary=b\n\n--b\nReceived: x\n{RETURNED}--b--",
        part("message/delivery-status", f"X-Original-Message-ID: <{TOKEN}@x>\n\nAction: failed"),
        part("application/octet-stream", RETURNED),
        f"{BOUNCE}Content-Type: multipart/report; boundary=missing\n\n{RETURNED}",
    ],
)
def test_the_token_is_found(raw: str) -> None:
    assert read_mail(raw.encode(), find).claims == TOKEN


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?b?5peg5rOV5Lyg6YCS?= your mail",
        "=?gb18030?B?zt63qLSrtd0=?=",
        "=?utf-8?q?Non_remis=C2=A0?=: Hello",
        "Недоставленное сообщение",
        "Undeliverable: hello",
    ],
)
def test_a_subject_is_read_however_it_is_written(subject: str) -> None:
    raw = f"From: someone@mx.example.net\nSubject: {subject}\n\n550 5.1.1 no such user\n"

    assert read_mail(raw.encode(), find).kind is MailKind.HARD_BOUNCE


def test_line_ends_of_every_kind_are_read() -> None:
    raw = part("message/rfc822", RETURNED)
    kinds = {
        read_mail(raw.replace("\n", end).encode(), find).message_id for end in ("\n", "\r\n", "\r")
    }

    assert kinds == {f"<{TOKEN}@clinic.example>"}
