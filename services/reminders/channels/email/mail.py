"""Writes an email as bytes."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from services.reminders.channels.email.addressing import Addressing
from services.reminders.channels.email.headers import mailbox_line, plain_line, text_line
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import OutgoingMessage, Unsendable


def compose(message: OutgoingMessage, addressing: Addressing) -> bytes:
    """Build the mail.

    Raises ValueError if a header would contain a control character, and Unsendable for a text.
    """
    return b"".join(_headers(message, addressing)) + _body(message)


def _body(message: OutgoingMessage) -> bytes:
    body = EmailMessage(policy=SMTP)
    try:
        body.set_content(message.text, cte="quoted-printable")
        if message.html:
            body.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return body.as_bytes()
    except UnicodeEncodeError:
        raise Unsendable(Reason.TEXT_NOT_SENDABLE) from None


def _headers(message: OutgoingMessage, addressing: Addressing) -> list[bytes]:
    lines = [
        mailbox_line("From", addressing.name, addressing.sender),
        plain_line("To", addressing.to),
        text_line("Subject", message.subject or ""),
        plain_line("Date", formatdate()),
        plain_line("Auto-Submitted", "auto-generated"),
        plain_line("X-Auto-Response-Suppress", "All"),
    ]
    if message.message_id:
        lines.append(plain_line("Message-ID", _in_ascii(message.message_id, addressing)))
    if message.list_name:
        lines.append(plain_line("List-ID", f"<{message.list_name}.{addressing.sender_domain}>"))
    return lines + _way_out(message.unsubscribe_url)


def _in_ascii(message_id: str, addressing: Addressing) -> str:
    """Bounces are recognized by the part before the “@”, so the domain may be written anew."""
    if message_id.isascii():
        return message_id
    return f"{message_id.partition('@')[0]}@{addressing.sender_domain}>"


def _way_out(url: str | None) -> list[bytes]:
    """The headers of RFC 8058, which a signature must cover as well."""
    if url is None:
        return []
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("not an address")
    return [
        plain_line("List-Unsubscribe", f"<{url}>"),
        plain_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]
