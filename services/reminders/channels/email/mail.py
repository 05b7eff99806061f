"""Writes an email as bytes."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from services.reminders.delivery.domain.outgoing import OutgoingMessage


def compose(message: OutgoingMessage) -> bytes:
    """Build the mail. Raises ValueError if a header would contain a line break."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = message.sender
    mail["To"] = message.to
    mail["Subject"] = message.subject or ""
    mail["Date"] = formatdate()
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return _way_out(message.unsubscribe_url) + mail.as_bytes()


def _way_out(url: str | None) -> bytes:
    """The headers of RFC 8058, which a signature must cover as well.

    On a line of their own making: the library would write a long address as encoded words, which
    no mail program takes for an address.
    """
    if url is None:
        return b""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("not an address")
    return (
        f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode()
