"""What the events of Amazon SES mean.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.mail_events import BadEvent, MailEvent, read_json
from services.gateway.http.webhooks.mail_faults import fault_in, status_in


class _Header(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class _CommonHeaders(msgspec.Struct, frozen=True, rename="camel"):
    message_id: str | None = None


class _Mail(msgspec.Struct, frozen=True, rename="camel"):
    """`source` is the return path that we sent from; `message_id` is SES's own id."""

    message_id: str
    source: str | None = None
    headers: Sequence[_Header] = ()
    common_headers: _CommonHeaders = _CommonHeaders()


class _Recipient(msgspec.Struct, frozen=True, rename="camel"):
    status: str | None = None
    diagnostic_code: str | None = None


class _Bounce(msgspec.Struct, frozen=True, rename="camel"):
    bounce_type: str
    bounce_sub_type: str = ""
    bounced_recipients: Sequence[_Recipient] = ()


class _Complaint(msgspec.Struct, frozen=True, rename="camel"):
    complaint_feedback_type: str | None = None


class _Topics(msgspec.Struct, frozen=True, rename="camel"):
    unsubscribe_all: bool = False


class _Subscription(msgspec.Struct, frozen=True, rename="camel"):
    new_topic_preferences: _Topics = _Topics()


class _Event(msgspec.Struct, frozen=True, rename="camel"):
    """Notifications of an identity have `notification_type`, published events `event_type`."""

    mail: _Mail
    notification_type: str | None = None
    event_type: str | None = None
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None
    subscription: _Subscription | None = None


_PERMANENT: Final = "Permanent"
_BY_TYPE: Final = {_PERMANENT: AddressFault.HARD_BOUNCE}
_ENDED: Final = frozenset({"noemail", "suppressed", "onaccountsuppressionlist"})
_ABOUT_THE_MAIL: Final = frozenset({"messagetoolarge", "contentrejected", "attachmentrejected"})
_NO_COMPLAINTS: Final = frozenset({"not-spam", "auth-failure", "virus"})

_STATES: Final[Mapping[str, ReceiptState]] = {
    "Send": ReceiptState.ACCEPTED,
    "Delivery": ReceiptState.DELIVERED,
    "DeliveryDelay": ReceiptState.PENDING,
    "Reject": ReceiptState.UNDELIVERED,
    "Rendering Failure": ReceiptState.UNDELIVERED,
}


def read_event(raw: bytes) -> MailEvent | None:
    """Read the message of a notification. Raises BadEvent."""
    event = read_json(raw, _Event)
    kind = event.event_type or event.notification_type
    if kind is None:
        raise BadEvent("without eventType and notificationType")
    if kind in _STATES:
        return _event(event, _STATES[kind], kind)
    read = _READERS.get(kind)
    return read(event) if read else None  # opens and clicks say nothing about delivery


def _bounce(event: _Event) -> MailEvent:
    bounce = event.bounce
    if bounce is None:
        raise BadEvent("a Bounce without bounce")
    recipients = bounce.bounced_recipients
    status = status_in(
        *(recipient.diagnostic_code for recipient in recipients),
        *(recipient.status for recipient in recipients),
    )
    word = "/".join(filter(None, ("Bounce", bounce.bounce_type, bounce.bounce_sub_type)))
    return _event(event, ReceiptState.UNDELIVERED, word, status, _fault(bounce))


def _fault(bounce: _Bounce) -> AddressFault | None:
    """SES calls every 5xx Permanent/General, also blocks: then the server's own code decides."""
    subtype = bounce.bounce_sub_type.lower()
    if subtype in _ENDED:
        return AddressFault.HARD_BOUNCE
    if subtype in _ABOUT_THE_MAIL:
        return None
    if subtype == "mailboxfull":
        return AddressFault.SOFT_BOUNCE
    answers = [
        (recipient.status, recipient.diagnostic_code)
        for recipient in bounce.bounced_recipients
        if recipient.status or recipient.diagnostic_code
    ]
    if not answers:
        return _BY_TYPE.get(bounce.bounce_type, AddressFault.SOFT_BOUNCE)
    fault = next(filter(None, (fault_in(*answer) for answer in answers)), None)
    is_hard = fault is AddressFault.HARD_BOUNCE
    is_permanent = bounce.bounce_type == _PERMANENT
    return AddressFault.SOFT_BOUNCE if is_hard and not is_permanent else fault


def _complaint(event: _Event) -> MailEvent:
    kind = ((event.complaint and event.complaint.complaint_feedback_type) or "").lower()
    fault = None if kind in _NO_COMPLAINTS else AddressFault.COMPLAINT
    word = f"Complaint/{kind}" if kind else "Complaint"
    return _event(event, ReceiptState.PENDING, word, None, fault)


def _subscription(event: _Event) -> MailEvent | None:
    if event.subscription is None or not event.subscription.new_topic_preferences.unsubscribe_all:
        return None
    return _event(event, ReceiptState.PENDING, "Subscription", None, AddressFault.OPT_OUT)


def _event(
    event: _Event,
    state: ReceiptState,
    word: str,
    code: str | None = None,
    about_address: AddressFault | None = None,
) -> MailEvent:
    mail = event.mail
    ids = (header.value for header in mail.headers if header.name.lower() == "message-id")
    texts = (mail.source, mail.common_headers.message_id, *ids)
    return MailEvent(
        state=state,
        word=word,
        code=code,
        about_address=about_address,
        texts=tuple(filter(None, texts)),
        reference=mail.message_id,
    )


_READERS: Final[Mapping[str, Callable[[_Event], MailEvent | None]]] = {
    "Bounce": _bounce,
    "Complaint": _complaint,
    "Subscription": _subscription,
}
