"""Reads mail as a mail program would."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import uuid4

from services.sandbox.mailbox import Channel, Message, now

_ADDRESS = re.compile(r"<(https?://[^<>\s]+)>")


def read_mail(content: bytes, *, sender: str, recipients: list[str]) -> list[Message]:
    """Return one message for each recipient. A broken mail is read as far as possible."""
    mail = message_from_bytes(content, policy=default)
    text, html = _body(mail, "plain", content), _body(mail, "html", content)
    received_at = now()
    return [
        Message(
            id=f"EM{uuid4().hex}",
            channel=Channel.EMAIL,
            to=_clean(recipient),
            sender=_header(mail, "From") or _clean(sender),
            subject=_header(mail, "Subject") or "",
            text=text or "",
            html=html,
            message_id=_header(mail, "Message-ID"),
            unsubscribe=_one_click(mail),
            received_at=received_at,
            status="delivered",
        )
        for recipient in recipients
    ]


def _one_click(mail: EmailMessage) -> str | None:
    """Return the address for one-click unsubscribing, if the mail offers it (RFC 8058)."""
    if _header(mail, "List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        return None
    match = _ADDRESS.search(_header(mail, "List-Unsubscribe") or "")
    return match[1] if match else None


def _header(mail: EmailMessage, name: str) -> str | None:
    try:
        value = mail[name]
    except (LookupError, ValueError, AttributeError, TypeError):  # too malformed for the parser
        return None
    return None if value is None else _clean(str(value)).strip()


def _body(mail: EmailMessage, kind: str, content: bytes) -> str | None:
    part = mail.get_body((kind,))
    if part is None:
        return None
    try:
        text = part.get_content()
    except (LookupError, ValueError):  # unknown charset or encoding: show it as it is
        text = content.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    return _clean(str(text)).replace("\r\n", "\n")


def _clean(text: str) -> str:
    """Replace bytes that are not UTF-8 with question marks, so that JSON can hold the text."""
    return text.encode("utf-8", "replace").decode()
