"""What the webhooks of Postmark mean.

https://postmarkapp.com/developer/api/bounce-api#bounce-types
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.mail_events import MailEvent, read_json
from services.gateway.http.webhooks.mail_faults import fault_in, status_in


class _Event(msgspec.Struct, frozen=True, rename="pascal"):
    """`metadata` is what we gave it in headers; `details` is the answer of the mail server."""

    record_type: str
    message_id: str = msgspec.field(name="MessageID", default="")
    type: str | None = None
    details: str | None = None
    description: str | None = None
    suppress_sending: bool = False
    suppression_reason: str | None = None
    metadata: Mapping[str, object] = {}


class _Verdict(msgspec.Struct, frozen=True):
    state: ReceiptState
    fault: AddressFault | None = None


_UNDELIVERED: Final = _Verdict(ReceiptState.UNDELIVERED)
_NOTHING: Final = _Verdict(ReceiptState.PENDING)
_HARD: Final = _Verdict(ReceiptState.UNDELIVERED, AddressFault.HARD_BOUNCE)
_SOFT: Final = _Verdict(ReceiptState.UNDELIVERED, AddressFault.SOFT_BOUNCE)
_COMPLAINT: Final = _Verdict(ReceiptState.PENDING, AddressFault.COMPLAINT)
_OPT_OUT: Final = _Verdict(ReceiptState.PENDING, AddressFault.OPT_OUT)

_BOUNCES: Final[Mapping[str, _Verdict]] = {
    "HardBounce": _HARD,
    "BadEmailAddress": _HARD,
    "ManuallyDeactivated": _UNDELIVERED,
    "SpamComplaint": _COMPLAINT,
    "Unsubscribe": _OPT_OUT,
    "Transient": _NOTHING,  # Postmark tries again
    "Subscribe": _NOTHING,
    "AutoResponder": _NOTHING,
    "AddressChange": _NOTHING,
    "OpenRelayTest": _NOTHING,
    "ChallengeVerification": _NOTHING,
    "SpamNotification": _UNDELIVERED,
    "VirusNotification": _UNDELIVERED,
    "Blocked": _UNDELIVERED,
    "DMARCPolicy": _UNDELIVERED,
    "SMTPApiError": _UNDELIVERED,
    "InboundError": _UNDELIVERED,
    "TemplateRenderingFailed": _UNDELIVERED,
    "DnsError": _UNDELIVERED,  # somebody's DNS is nobody's address
    "Unconfirmed": _UNDELIVERED,
    "SoftBounce": _SOFT,
}
"""Other types are read by the server's answer."""

_SUPPRESSIONS: Final[Mapping[str, _Verdict]] = {
    "HardBounce": _Verdict(ReceiptState.PENDING, AddressFault.HARD_BOUNCE),
    "SpamComplaint": _COMPLAINT,
    "ManualSuppression": _OPT_OUT,
}


def read_event(raw: bytes) -> MailEvent | None:
    """Read one call. Raises BadEvent."""
    event = read_json(raw, _Event)
    judge = _JUDGES.get(event.record_type)
    verdict = judge(event) if judge else None
    if verdict is None:
        return None  # opens, clicks and mail that comes in
    words = (event.record_type, event.type, event.suppression_reason)
    return MailEvent(
        state=verdict.state,
        word="/".join(dict.fromkeys(filter(None, words))),
        code=status_in(event.details),
        about_address=verdict.fault,
        texts=tuple(value for value in event.metadata.values() if isinstance(value, str)),
        reference=event.message_id or None,
    )


def _bounce(event: _Event) -> _Verdict:
    by_type = _BOUNCES.get(event.type or "")
    if by_type is _HARD and event.details and fault_in(None, event.details) is None:
        return _UNDELIVERED  # the server refused us, by its own code
    return by_type or _Verdict(ReceiptState.UNDELIVERED, fault_in(None, event.details))


def _subscription(event: _Event) -> _Verdict | None:
    if not event.suppress_sending:
        return None
    return _SUPPRESSIONS.get(event.suppression_reason or "", _OPT_OUT)


_JUDGES: Final[Mapping[str, Callable[[_Event], _Verdict | None]]] = {
    "Delivery": lambda _: _Verdict(ReceiptState.DELIVERED),
    "Bounce": _bounce,
    "SpamComplaint": lambda _: _COMPLAINT,
    "SubscriptionChange": _subscription,
}
