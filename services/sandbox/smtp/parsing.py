"""Reads a mail as its recipient's program would."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import uuid4

from services.sandbox.mailbox import Channel, Message, now

_ADDRESS = re.compile(r"<(https?://[^<>\s]+)>")


def read_mail(content: bytes, *, sender: str, recipients: list[str]) -> list[Message]:
    """One message for each recipient. A broken mail is read as far as it goes."""
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
    """What a mail program would offer a button for: a web address, and leave to post to it."""
    if _header(mail, "List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        return None
    found = _ADDRESS.search(_header(mail, "List-Unsubscribe") or "")
    return found[1] if found else None


def _header(mail: EmailMessage, name: str) -> str | None:
    try:
        value = mail[name]
    except (LookupError, ValueError, AttributeError, TypeError):  # malformed beyond the parser
        return None
    return None if value is None else _clean(str(value)).strip()


def _body(mail: EmailMessage, kind: str, content: bytes) -> str | None:
    part = mail.get_body((kind,))
    if part is None:
        return None
    try:
        text = part.get_content()
    except (LookupError, ValueError):  # a charset or an encoding nobody knows: show it as it came
        text = content.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    return _clean(str(text)).replace("\r\n", "\n")


def _clean(text: str) -> str:
    """Bytes that were no UTF-8 as question marks, so that all can be written as JSON."""
    return text.encode("utf-8", "replace").decode()
