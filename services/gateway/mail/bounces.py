"""Takes what comes back to a return path: a report about one of our mails, or a mail to read."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from functools import partial
from typing import Final

from services.chassis.logs import get_logger
from services.contracts.incoming import RecordReceipt, RecordUnreadMail
from services.gateway.http.webhooks.decoding import decode
from services.gateway.http.webhooks.mail_reports import PROVIDER, ReportedStatus, read_status
from services.gateway.intake.items import Keep
from services.gateway.mail.mailboxes import ReceivedMail

log = get_logger(__name__)

_LONGEST_TEXT: Final = 20_000
_LONGEST_ADDRESS: Final = 320
_UNKNOWN_SENDER: Final = "mailer-daemon"

ReadStatus = Callable[[bytes], ReportedStatus]
"""Reads what a report says about the mail that its envelope names. Raises ValueError."""


class Bounces:
    """Keeps what comes to return paths. The envelope's token says which mail it is about."""

    def __init__(self, keep: Keep, read: ReadStatus = read_status) -> None:
        self._keep = keep
        self._read = read

    def take(self, mail: ReceivedMail) -> None:
        """Raises if it cannot be stored."""
        status = self._status(mail.content)
        if status is None:
            log.info("mail_not_readable", size=len(mail.content))
            self._keep(partial(_unread, mail))
        else:
            self._keep(partial(_receipt, mail, status))

    def _status(self, content: bytes) -> ReportedStatus | None:
        """Whatever a mail does to the reader, it is kept: as one that cannot be read."""
        try:
            return self._read(content)
        except Exception as fault:  # noqa: BLE001 - mails break parsers in ways nobody can list
            log.info("not_a_report", error=type(fault).__name__)
            return None


def _receipt(mail: ReceivedMail, status: ReportedStatus, now: datetime) -> RecordReceipt:
    clinic_id, attempt_id = mail.address.numbers
    return RecordReceipt(
        provider=PROVIDER,
        clinic_id=clinic_id,
        attempt_id=attempt_id,
        state=status.state,
        provider_state=status.word,
        code=status.code,
        about_address=status.about_address,
        received_at=now,
    )


def _unread(mail: ReceivedMail, now: datetime) -> RecordUnreadMail:
    clinic_id, attempt_id = mail.address.numbers
    sender, text = _legible(mail.content)
    return RecordUnreadMail(
        provider=PROVIDER,
        clinic_id=clinic_id,
        attempt_id=attempt_id,
        their_address=(sender or mail.sender or _UNKNOWN_SENDER)[:_LONGEST_ADDRESS],
        text=text.replace("\0", " ")[:_LONGEST_TEXT],
        provider_message_id=hashlib.sha256(mail.content).hexdigest()[:40],
        received_at=now,
    )


def _legible(content: bytes) -> tuple[str, str]:
    """The sender, and what a person can read of a mail: subject and text, else all of it."""
    try:
        mail = message_from_bytes(content, policy=default)
        sender = parseaddr(str(mail.get("From", "")))[1]
        subject = str(mail.get("Subject", ""))
        return _clean(sender), _clean(f"{subject}\n\n{_body(mail)}".strip()) or decode(content)
    except Exception as fault:  # noqa: BLE001 - see _status
        log.info("shown_as_it_is", error=type(fault).__name__)
        return "", decode(content)


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return decode(mail.as_bytes())
    raw = part.get_payload(decode=True)
    charset = part.get_content_charset() or ""
    return decode(raw, charset) if isinstance(raw, bytes) else str(raw)


def _clean(text: str) -> str:
    """Replace what is left of bytes that are in no charset, so that it can be stored."""
    return text.encode("utf-8", "replace").decode()
