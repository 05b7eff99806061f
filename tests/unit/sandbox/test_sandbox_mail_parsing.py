from email.message import EmailMessage

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sandbox.mailbox import Message
from services.sandbox.smtp.server import read_mail


def mail(subject: str = "Olá, Inês") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Clínica Rowan <care@rowan.example>"
    made["To"] = "ines@example.com"
    made["Subject"] = subject
    made["Message-ID"] = "<attempt-1@rowan.example>"
    made.set_content("Água morna")
    made.add_alternative("<p>Água morna</p>", subtype="html")
    return made


def read(content: bytes, *addresses: str) -> list[Message]:
    return read_mail(
        content,
        sender="bounces@rowan.example",
        recipients=list(addresses or ("ines@example.com",)),
    )


def test_reads_headers_text_and_html() -> None:
    (message,) = read(mail().as_bytes())
    assert (message.sender, message.subject, message.text, message.html, message.message_id) == (
        "Clínica Rowan <care@rowan.example>",
        "Olá, Inês",
        "Água morna\n",
        "<p>Água morna</p>\n",
        "<attempt-1@rowan.example>",
    )


def test_makes_one_message_for_each_address() -> None:
    messages = read(mail().as_bytes(), "ines@example.com", "sam@example.org")
    assert [message.to for message in messages] == ["ines@example.com", "sam@example.org"]


def test_reads_headers_in_plain_utf8() -> None:
    (message,) = read("Subject: Olá\r\nContent-Type: text/plain\r\n\r\nHi".encode())
    assert message.subject == "Olá"


def test_falls_back_to_the_envelopes_sender() -> None:
    (message,) = read(b"Subject: x\r\n\r\nHi")
    assert message.sender == "bounces@rowan.example"


@pytest.mark.parametrize("charset", [b"klingon", b"\0"])
def test_reads_a_mail_in_a_charset_nobody_knows(charset: bytes) -> None:
    (message,) = read(b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\nHi")
    assert message.text == "Hi"


def test_reads_a_mail_whose_sender_is_malformed() -> None:
    (message,) = read(b"From: <<>>,,@\r\nMessage-ID: <[x@>\r\n\r\nHi")
    assert message.text == "Hi"


def test_reads_an_empty_mail() -> None:
    (message,) = read(b"")
    assert (message.subject, message.text, message.html) == ("", "", None)


_HEADERS = st.sampled_from([
    b"From: ", b"Subject: ", b"Message-ID: ", b"Content-Type: text/html; charset=", b"MIME-",
    b"Content-Type: multipart/alternative; boundary=b", b"Content-Transfer-Encoding: ", b"\r\n",
    b"base64", b"quoted-printable", b"utf-8", b"--b\r\n", b"--b--", b"=?utf-8?q?=FF?=", b"=FF",
    b"\xff",
])  # fmt: skip


@given(st.lists(st.one_of(_HEADERS, st.binary(max_size=12))).map(b"".join))
def test_reads_whatever_is_sent_as_something_that_can_be_listed(content: bytes) -> None:
    messages = read(content, "\udcff@example.com")
    assert len(msgspec.json.decode(msgspec.json.encode(messages))) == 1


def test_reads_where_one_click_ends_such_mail() -> None:
    made = mail()
    made["List-Unsubscribe"] = "<mailto:stop@rowan.example>, <https://rowan.example/u/1>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    (message,) = read(made.as_bytes())
    assert message.unsubscribe == "https://rowan.example/u/1"


def test_offers_no_click_where_none_may_be_posted() -> None:
    made = mail()
    made["List-Unsubscribe"] = "<https://rowan.example/u/1>"
    (message,) = read(made.as_bytes())
    assert message.unsubscribe is None
