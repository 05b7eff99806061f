"""The route where SendGrid posts batches of events, signed with its own key (ECDSA)."""

import base64
import binascii
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from flask import Blueprint, Response, request

from services.gateway.http.webhooks.callbacks import plain_text, refuse_unsigned
from services.gateway.http.webhooks.decoding import json_body
from services.gateway.http.webhooks.mail_events import BadEvent, EventIntake, read_json
from services.gateway.http.webhooks.sendgrid.outcomes import read_event

SERVICE = "sendgrid"
SIGNATURE_HEADER: Final = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER: Final = "X-Twilio-Email-Event-Webhook-Timestamp"

_HOW: Final = "copy the verification key of the signed event webhook, in base64"

VerificationKey = ec.EllipticCurvePublicKey


def read_key(text: str) -> VerificationKey | None:
    """Read the verification key as SendGrid shows it; None for an empty text.

    Raises ValueError, which says what to write.
    """
    if not text:
        return None
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm, binascii.Error):
        raise ValueError(_HOW) from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError(_HOW)  # noqa: TRY004 - a wrong setting, not a wrong type
    return key


def is_signed(key: VerificationKey, timestamp: str, body: bytes, signature: str) -> bool:
    """Check the signature of the timestamp and the body.

    An old call may be repeated by anybody who has seen it. That changes nothing, because an event
    is recorded once; and SendGrid itself repeats calls for a day.
    """
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def webhooks(key: VerificationKey | None, intake: EventIntake) -> Blueprint:
    """Return the route. Without a key every call is refused."""
    routes = Blueprint(SERVICE, __name__, url_prefix=f"/webhooks/email/{SERVICE}")

    @routes.post("/events")
    def take_events() -> Response:
        timestamp = request.headers.get(TIMESTAMP_HEADER, "")
        signature = request.headers.get(SIGNATURE_HEADER, "")
        body = request.get_data()
        if key is None or not is_signed(key, timestamp, body, signature):
            return refuse_unsigned(SERVICE, "The signature does not match SENDGRID_WEBHOOK_KEY.")
        try:
            raw_events = read_json(json_body(), list[msgspec.Raw])
        except BadEvent:
            return plain_text(400, "Send a JSON array of events.")
        intake.take(map(bytes, raw_events), read_event)
        return Response(status=200)

    return routes
