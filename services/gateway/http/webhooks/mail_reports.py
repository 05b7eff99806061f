"""What reports about mail say: bounces (RFC 3464) and complaints (RFC 5965).

A report is an ordinary mail that anybody could send. It counts only if it names one of our mails
by the Message-ID that we signed: whoever knows that has had the mail in their hands.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Final

import msgspec

from services.chassis.tokens import NotOurToken, TokenSigner
from services.contracts.incoming import RecordReceipt
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.keeping import LONGEST_WORD

PROVIDER: Final = "smtp"

_DELIVERY: Final = "message/delivery-status"
_FEEDBACK: Final = "message/feedback-report"
_NAMING: Final = ("message-id", "in-reply-to", "references", "original-message-id")
_NAME: Final = re.compile(r"<([A-Za-z0-9_.-]+)@[^<>\s]+>")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")

_ACTIONS: Final = {
    "failed": ReceiptState.UNDELIVERED,
    "delivered": ReceiptState.DELIVERED,
    "relayed": ReceiptState.ACCEPTED,
    "expanded": ReceiptState.ACCEPTED,
}
"""Anything else, such as “delayed”, moves nothing."""

_NO_MAILBOX: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
_ABOUT_THE_MAIL: Final = ("5.3.", "5.6.", "5.7.")
"""Too large, not readable, not let in: another mail may arrive. Any other failure is a soft one.
Codes: https://www.iana.org/assignments/smtp-enhanced-status-codes"""

_FEEDBACKS: Final = {
    "abuse": AddressFault.COMPLAINT,
    "fraud": AddressFault.COMPLAINT,
    "opt-out": AddressFault.OPT_OUT,
}


class NoReport(ValueError):
    """It is no report about mail."""


class Said(msgspec.Struct, frozen=True):
    """What a report says of one mail; `word` is the report's own."""

    state: ReceiptState
    word: str
    code: str | None = None
    about_address: AddressFault | None = None


class Report(msgspec.Struct, frozen=True):
    """What is said of which of our mails."""

    clinic_id: int
    attempt_id: int
    said: Said

    def receipt(self, now: datetime) -> RecordReceipt:
        return RecordReceipt(
            provider=PROVIDER,
            clinic_id=self.clinic_id,
            attempt_id=self.attempt_id,
            state=self.said.state,
            provider_state=self.said.word,
            code=self.said.code,
            about_address=self.said.about_address,
            received_at=now,
        )


def read_report(raw: bytes, names: TokenSigner) -> Report | None:
    """What a report says; None when it is about somebody else's mail. Raises NoReport."""
    parts = list(message_from_bytes(raw).walk())
    said = next((found for part in parts if (found := _said(part))), None)
    if said is None:
        raise NoReport
    meant = next((ids for part in parts if (ids := _meant(part, names))), None)
    if meant is None:
        return None
    return Report(*meant, said)


def _said(part: Message) -> Said | None:
    kind = part.get_content_type()
    if kind == _DELIVERY:
        return next((said for block in _blocks(part) if (said := _delivery(block))), None)
    if kind == _FEEDBACK:
        return next((said for block in _blocks(part) if (said := _feedback(block))), None)
    return None


def _blocks(part: Message) -> Iterable[Message]:
    """The library reads a part of type message/… as mails of headers only."""
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if part.is_multipart() else []


def _delivery(block: Message) -> Said | None:
    """One mailbox's fields; our mails have one mailbox each."""
    action = str(block.get("Action", "")).strip().lower()
    if not action:
        return None
    found = _STATUS.search(str(block.get("Status", "")))
    status = found[0] if found else None
    state = _ACTIONS.get(action, ReceiptState.PENDING)
    fault = _fault(status) if state is ReceiptState.UNDELIVERED else None
    return Said(state, action[:LONGEST_WORD], status, fault)


def _fault(status: str | None) -> AddressFault | None:
    if status in _NO_MAILBOX:
        return AddressFault.HARD_BOUNCE
    if status and status.startswith(_ABOUT_THE_MAIL):
        return None
    return AddressFault.SOFT_BOUNCE


def _feedback(block: Message) -> Said | None:
    kind = str(block.get("Feedback-Type", "")).strip().lower()
    if not kind:
        return None
    return Said(ReceiptState.PENDING, kind[:LONGEST_WORD], None, _FEEDBACKS.get(kind))


def _meant(part: Message, names: TokenSigner) -> tuple[int, int] | None:
    """The attempt named by a header of the report, of the mail returned, or of its head alone."""
    said = [str(value) for name in _NAMING for value in part.get_all(name, [])]
    if part.get_content_type().endswith("rfc822-headers"):
        said.append(_text(part))
    tokens = (found[1] for text in said for found in _NAME.finditer(text))
    return next((ids for token in tokens if (ids := _ids(token, names))), None)


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _ids(token: str, names: TokenSigner) -> tuple[int, int] | None:
    try:
        return msgspec.convert(names.read(token), type=tuple[int, int])
    except (NotOurToken, msgspec.ValidationError):
        return None
