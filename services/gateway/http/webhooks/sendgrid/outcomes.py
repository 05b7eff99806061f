"""What the events of SendGrid mean.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.mail_events import MailEvent, read_json
from services.gateway.http.webhooks.mail_faults import fault_in, status_in


class _Event(msgspec.Struct, frozen=True):
    """`type` is “bounce” or “blocked”; `own_id` is our Message-ID."""

    event: str
    sg_message_id: str = ""
    own_id: str = msgspec.field(name="smtp-id", default="")
    type: str | None = None
    status: str | None = None
    reason: str | None = None
    bounce_classification: str | None = None


_REFERENCE: Final = re.compile(r"^(.+?)(?:\.filter|\.recvd|\.sjc|\.ismtpd|$)")
"""The id in SendGrid's SMTP answer is followed by the names of its machines."""

_STATES: Final[Mapping[str, ReceiptState]] = {
    "processed": ReceiptState.ACCEPTED,
    "deferred": ReceiptState.PENDING,
    "delivered": ReceiptState.DELIVERED,
}
_ADDRESS_FAULTS: Final[Mapping[str, AddressFault]] = {
    "spamreport": AddressFault.COMPLAINT,
    "unsubscribe": AddressFault.OPT_OUT,
    "group_unsubscribe": AddressFault.OPT_OUT,
}
_CLASSES: Final[Mapping[str, AddressFault | None]] = {
    "invalid address": AddressFault.HARD_BOUNCE,
    "mailbox unavailable": AddressFault.SOFT_BOUNCE,
    "technical": None,
    "content": None,
    "reputation": None,
    "frequency or volume too high": None,
    "frequency/volume": None,
}
"""An unclassified bounce is read by its codes."""

_DROPS: Final = (
    ("bounced address", AddressFault.HARD_BOUNCE),
    ("spam reporting address", AddressFault.COMPLAINT),
    ("unsubscribed address", AddressFault.OPT_OUT),
    ("recipient list over package quota", None),
)
"""Reasons why SendGrid did not try at all; others are faults of the mail."""


def read_event(raw: bytes) -> MailEvent | None:
    """Read one event of a batch. Raises BadEvent."""
    event = read_json(raw, _Event)
    kind = event.event.lower()
    if kind in _STATES:
        return _mail_event(event, _STATES[kind])
    if kind in _ADDRESS_FAULTS:
        return _mail_event(event, ReceiptState.PENDING, _ADDRESS_FAULTS[kind])
    fault = _FAILURES.get(kind)
    return _mail_event(event, ReceiptState.UNDELIVERED, fault(event)) if fault else None


def _bounced(event: _Event) -> AddressFault | None:
    """A block is a refusal of this mail or of us, and never ends an address."""
    name = (event.bounce_classification or "").lower()
    fault = _CLASSES[name] if name in _CLASSES else fault_in(event.status, event.reason)
    is_block = event.type == "blocked"
    return None if is_block and fault is AddressFault.HARD_BOUNCE else fault


def _dropped(event: _Event) -> AddressFault | None:
    reason = (event.reason or "").lower()
    return next((fault for start, fault in _DROPS if reason.startswith(start)), None)


_FAILURES: Final[Mapping[str, Callable[[_Event], AddressFault | None]]] = {
    "bounce": _bounced,
    "blocked": _bounced,
    "dropped": _dropped,
}


def _mail_event(
    event: _Event, state: ReceiptState, about_address: AddressFault | None = None
) -> MailEvent:
    match = _REFERENCE.match(event.sg_message_id)
    return MailEvent(
        state=state,
        word=f"{event.event}/{event.type}" if event.type else event.event,
        code=status_in(event.reason, event.status),
        about_address=about_address,
        texts=(event.own_id,),
        reference=match[1] if match else None,
    )
