"""What the events of Mailgun mean.

https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.mail_events import MailEvent, read_json
from services.gateway.http.webhooks.mail_faults import fault_in, status_in


class _Headers(msgspec.Struct, frozen=True):
    message_id: str = msgspec.field(name="message-id", default="")


class _Message(msgspec.Struct, frozen=True):
    headers: _Headers = _Headers()


class _Envelope(msgspec.Struct, frozen=True):
    sender: str = ""


class _Status(msgspec.Struct, frozen=True):
    """The answer of the patient's mail server; `code` is a reply code or Mailgun's own."""

    enhanced_code: str | None = msgspec.field(name="enhanced-code", default=None)
    message: str | None = None
    description: str | None = None


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    event: str
    severity: str | None = None
    reason: str | None = None
    status: _Status = msgspec.field(name="delivery-status", default=_Status())
    message: _Message = _Message()
    envelope: _Envelope = _Envelope()


_STATES: Final[Mapping[str, ReceiptState]] = {
    "accepted": ReceiptState.ACCEPTED,
    "delivered": ReceiptState.DELIVERED,
    "rejected": ReceiptState.UNDELIVERED,
    "complained": ReceiptState.PENDING,
    "unsubscribed": ReceiptState.PENDING,
}
_ADDRESS_FAULTS: Final[Mapping[str, AddressFault]] = {
    "complained": AddressFault.COMPLAINT,
    "unsubscribed": AddressFault.OPT_OUT,
}
_REASONS: Final[Mapping[str, AddressFault | None]] = {
    "suppress-bounce": AddressFault.HARD_BOUNCE,
    "suppress-complaint": AddressFault.COMPLAINT,
    "suppress-unsubscribe": AddressFault.OPT_OUT,
    "espblock": None,  # the patient's provider blocks the sending server
}
"""Reasons of a failure that say more than the server's answer."""


def read_event(raw: bytes) -> MailEvent | None:
    """Read `event-data`. Raises BadEvent."""
    event = read_json(raw, _Event)
    if event.event == "failed":
        return _failed(event)
    state = _STATES.get(event.event)
    if state is None:
        return None  # opens, clicks and what is stored
    return _mail_event(event, state, event.event, _ADDRESS_FAULTS.get(event.event))


def _failed(event: _Event) -> MailEvent:
    """A temporary failure is tried again by Mailgun."""
    word = f"failed/{event.reason}" if event.reason else "failed"
    if event.severity == "temporary":
        return _mail_event(event, ReceiptState.PENDING, f"{word}/temporary")
    reason, status = event.reason or "", event.status
    diagnostic = " ".join(filter(None, (status.message, status.description)))
    is_known = reason in _REASONS
    fault = _REASONS[reason] if is_known else fault_in(status.enhanced_code, diagnostic)
    return _mail_event(event, ReceiptState.UNDELIVERED, word, fault)


def _mail_event(
    event: _Event, state: ReceiptState, word: str, about_address: AddressFault | None = None
) -> MailEvent:
    status, message_id = event.status, event.message.headers.message_id
    return MailEvent(
        state=state,
        word=word,
        code=status_in(status.message, status.enhanced_code),
        about_address=about_address,
        texts=(message_id, event.envelope.sender),
        reference=message_id or None,
    )
