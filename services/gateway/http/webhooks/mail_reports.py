"""Reads reports about email: bounces (RFC 3464) and complaints (RFC 5965).

A report is an ordinary email that anybody could send. It counts only if it names one of our emails
by its signed Message-ID, which only those who handled the email know.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Final

import msgspec

from services.chassis.tokens import TokenSigner
from services.contracts.incoming import RecordReceipt
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.claims import read_claims
from services.gateway.http.webhooks.callbacks import LONGEST_WORD

PROVIDER: Final = "smtp"

_DELIVERY: Final = "message/delivery-status"
_FEEDBACK: Final = "message/feedback-report"
_ID_HEADERS: Final = ("message-id", "in-reply-to", "references", "original-message-id")
_MESSAGE_ID: Final = re.compile(r"<([A-Za-z0-9_.-]+)@[^<>\s]+>")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")

_ACTIONS: Final = {
    "failed": ReceiptState.UNDELIVERED,
    "delivered": ReceiptState.DELIVERED,
    "relayed": ReceiptState.ACCEPTED,
    "expanded": ReceiptState.ACCEPTED,
}
"""Any other action, such as “delayed”, leaves the receipt pending."""

_NO_MAILBOX: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
_ABOUT_THE_EMAIL: Final = ("5.3.", "5.6.", "5.7.")
"""Too large, not readable or blocked: another email may arrive. Other failures are soft bounces.
Codes: https://www.iana.org/assignments/smtp-enhanced-status-codes"""

_FEEDBACKS: Final = {
    "abuse": AddressFault.COMPLAINT,
    "fraud": AddressFault.COMPLAINT,
    "opt-out": AddressFault.OPT_OUT,
}


class NotAReport(ValueError):
    """The email is not a report about email."""


class ReportedStatus(msgspec.Struct, frozen=True):
    """The status that a report gives one email; `word` is the report's own term for it."""

    state: ReceiptState
    word: str
    code: str | None = None
    about_address: AddressFault | None = None


class Report(msgspec.Struct, frozen=True):
    """A delivery report and the attempt it refers to."""

    clinic_id: int
    attempt_id: int
    status: ReportedStatus

    def receipt(self, now: datetime) -> RecordReceipt:
        return RecordReceipt(
            provider=PROVIDER,
            clinic_id=self.clinic_id,
            attempt_id=self.attempt_id,
            state=self.status.state,
            provider_state=self.status.word,
            code=self.status.code,
            about_address=self.status.about_address,
            received_at=now,
        )


def read_report(raw: bytes, message_ids: TokenSigner) -> Report | None:
    """Return the report, or None if it is about an email that is not ours. Raises NotAReport."""
    status = read_status(raw)
    parts = message_from_bytes(raw).walk()
    attempt = next((ids for part in parts if (ids := _attempt_in(part, message_ids))), None)
    if attempt is None:
        return None
    return Report(*attempt, status)


def read_status(raw: bytes) -> ReportedStatus:
    """Return what a report says, whatever email it is about. Raises NotAReport."""
    parts = message_from_bytes(raw).walk()
    status = next((status for part in parts if (status := _status_in(part))), None)
    if status is None:
        raise NotAReport
    return status


def _status_in(part: Message) -> ReportedStatus | None:
    read = _READERS.get(part.get_content_type())
    if read is None:
        return None
    return next((status for block in _blocks(part) if (status := read(block))), None)


def _blocks(part: Message) -> Iterable[Message]:
    """The standard library parses a part of type message/… as emails that have headers only."""
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if part.is_multipart() else []


def _delivery(block: Message) -> ReportedStatus | None:
    """Read the fields of one recipient; our emails have one recipient each."""
    action = str(block.get("Action", "")).strip().lower()
    if not action:
        return None
    match = _STATUS.search(str(block.get("Status", "")))
    code = match[0] if match else None
    state = _ACTIONS.get(action, ReceiptState.PENDING)
    fault = fault_of(code) if state is ReceiptState.UNDELIVERED else None
    return ReportedStatus(state, action[:LONGEST_WORD], code, fault)


def fault_of(code: str | None) -> AddressFault | None:
    """What a failure's enhanced status says about the address."""
    if code in _NO_MAILBOX:
        return AddressFault.HARD_BOUNCE
    if code and code.startswith(_ABOUT_THE_EMAIL):
        return None
    return AddressFault.SOFT_BOUNCE


def _feedback(block: Message) -> ReportedStatus | None:
    kind = str(block.get("Feedback-Type", "")).strip().lower()
    if not kind:
        return None
    return ReportedStatus(ReceiptState.PENDING, kind[:LONGEST_WORD], None, _FEEDBACKS.get(kind))


_READERS: Final = {_DELIVERY: _delivery, _FEEDBACK: _feedback}


def _attempt_in(part: Message, message_ids: TokenSigner) -> tuple[int, int] | None:
    """Return the clinic and attempt named in the headers of the report or the returned email."""
    texts = [str(value) for name in _ID_HEADERS for value in part.get_all(name, [])]
    if part.get_content_type().endswith("rfc822-headers"):
        texts.append(_text(part))
    tokens = (match[1] for text in texts for match in _MESSAGE_ID.finditer(text))
    claims = (read_claims(message_ids, token, tuple[int, int]) for token in tokens)
    return next(filter(None, claims), None)


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
