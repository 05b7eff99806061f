"""Reads the form of Twilio's create-message call.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from services.sandbox.twilio import errors

LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000  # seconds

E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_URL = re.compile(
    r"https?://[!-~]+"
)  # ASCII without spaces, so that the signed URL is the one posted to
_SERVICE = re.compile(r"MG[0-9a-f]{32}")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A text to send. Exactly one of `sender` and `service` is set."""

    to: str
    sender: str | None
    service: str | None
    body: str
    callback: str | None


def parse_order(form: Mapping[str, str]) -> Order:
    """Parse a form. Raises TwilioError for the first fault."""
    to, body = form.get("To", ""), form.get("Body", "")
    sender, service = form.get("From") or None, form.get("MessagingServiceSid") or None
    callback = form.get("StatusCallback") or None
    for is_wrong, error in (
        (not to, errors.NO_RECIPIENT),
        (not E164.fullmatch(to), errors.BAD_RECIPIENT),
        (not body.strip(), errors.NO_BODY),
        (len(body) > LONGEST_BODY, errors.BODY_TOO_LONG),
        (callback is not None and not _is_url(callback), errors.BAD_CALLBACK),
        (not _is_validity(form.get("ValidityPeriod", "1")), errors.BAD_VALIDITY),
    ):
        if is_wrong:
            raise error.copy()
    _check_sender(sender, service)
    return Order(
        to=to, sender=None if service else sender, service=service, body=body, callback=callback
    )


def _check_sender(sender: str | None, service: str | None) -> None:
    if service and not _SERVICE.fullmatch(service):
        raise errors.BAD_SERVICE.copy()
    if not sender and not service:
        raise errors.NO_SENDER.copy()
    if sender and not _SENDER.fullmatch(sender):
        raise errors.BAD_SENDER.copy()


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return has_place and _URL.fullmatch(text) is not None


def _is_validity(text: str) -> bool:
    return text.isdecimal() and 1 <= int(text) <= LONGEST_VALIDITY
