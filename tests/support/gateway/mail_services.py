"""Calls of mail services, signed as they sign them."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from services.gateway.http.https_get import CannotFetch
from services.gateway.http.webhooks.mailgun.signatures import signature_of

TOPIC = "arn:aws:sns:eu-west-1:123456789012:afterglow-mail"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c3d.pem"
CONFIRM_URL = (
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    f"&TopicArn={TOPIC}&Token=2336412f37fb"
)
_HASHES: Mapping[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - as SNS does
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)


class Sns:
    """Amazon SNS with its certificate, and the documents that can be fetched from it."""

    def __init__(self, valid_for: timedelta = timedelta(days=1)) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.fetched: list[str] = []
        self.is_away = False
        self.certificate = _certificate(self.key, valid_for)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        if self.is_away:
            raise CannotFetch("away")
        return self.certificate

    def message(self, event: object = None, **changes: Any) -> bytes:
        """A signed notification; `changes` are made before it is signed."""
        fields: dict[str, Any] = {
            "Type": "Notification",
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": TOPIC,
            "Message": event if isinstance(event, str) else json.dumps(event),
            "Timestamp": "2026-03-04T05:00:00.000Z",
            "SignatureVersion": "1",
            "SigningCertURL": CERTIFICATE_URL,
            **changes,
        }
        is_notification = fields["Type"] == "Notification"
        names = _NOTIFICATION if is_notification else _CONFIRMATION
        signed = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
        algorithm = _HASHES[fields["SignatureVersion"]]
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), algorithm)
        return json.dumps(fields | {"Signature": base64.b64encode(signature).decode()}).encode()

    def confirmation(self, **changes: Any) -> bytes:
        usual = {"Type": "SubscriptionConfirmation", "SubscribeURL": CONFIRM_URL, "Token": "2336"}
        return self.message("You have chosen to subscribe", **(usual | changes))


def _certificate(key: rsa.RSAPrivateKey, valid_for: timedelta) -> bytes:
    now = datetime.fromtimestamp(time.time(), UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    start = now - timedelta(days=2)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(now + valid_for)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


class SendGrid:
    """SendGrid with the key of its signed event webhook."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        raw = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.verification_key = base64.b64encode(raw).decode()

    def headers(self, body: bytes, timestamp: str = "1790000000") -> dict[str, str]:
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
            "Content-Type": "application/json",
        }


def mailgun_call(
    key: str,
    event: object,
    *,
    token: str = "50cbb2b9",
    now: Callable[[], float] = time.time,
) -> bytes:
    timestamp = str(int(now()))
    signature = {
        "timestamp": timestamp,
        "token": token,
        "signature": signature_of(key, timestamp, token),
    }
    return json.dumps({"signature": signature, "event-data": event}).encode()


def basic(login: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}


class UsedTokensInMemory:
    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    def belongs(self, token: str, body: bytes) -> bool:
        return self._bodies.setdefault(token, body) == body
