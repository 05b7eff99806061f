"""Messages of Amazon SNS: their signature, and the addresses that they name.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import binascii
import re
import threading
import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import Certificate, load_pem_x509_certificate

from services.gateway.http.https_get import CannotFetch, Fetch
from services.gateway.http.webhooks.hosts import host_of

_HOST: Final = re.compile(r"sns\.[a-z]{2}(-[a-z]+)+-\d{1,2}\.amazonaws\.com", re.ASCII)
_CERTIFICATE_PATH: Final = re.compile(r"/[A-Za-z0-9._-]{1,120}\.pem", re.ASCII)
_VISIBLE: Final = re.compile(r"[!-~]{1,2000}", re.ASCII)
_MOST_CERTIFICATES: Final = 16

_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "1": hashes.SHA1(),  # noqa: S303 - version 1 of SNS signatures is defined so
    "2": hashes.SHA256(),
}
NOTIFICATION: Final = "Notification"
CONFIRMATIONS: Final = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
_SIGNED: Final[Mapping[str, tuple[str, ...]]] = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    **dict.fromkeys(
        CONFIRMATIONS,
        ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
"""The fields that are signed, in order; a field that a message lacks is left out."""


class SnsMessage(msgspec.Struct, frozen=True, rename="pascal"):
    type: str
    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    signature_version: str
    signature: str
    signing_cert_url: str = msgspec.field(name="SigningCertURL")
    subject: str | None = None
    token: str | None = None
    subscribe_url: str | None = msgspec.field(name="SubscribeURL", default=None)


class NotGenuine(ValueError):
    """The message is not signed by SNS for one of our topics. The text says why."""


class SnsMessages:
    """Checks messages of the topics that the operator lists."""

    def __init__(self, topics: Collection[str], fetch: Fetch) -> None:
        self._topics = frozenset(topics)
        self._fetch = fetch
        self._certificates: dict[str, Certificate] = {}
        self._fetching = threading.Lock()

    def check(self, message: SnsMessage) -> None:
        """Raises NotGenuine, or CannotFetch if its certificate cannot be had now."""
        if message.topic_arn not in self._topics:
            raise NotGenuine("The topic is not one of SES_TOPICS.")
        algorithm = _HASHES.get(message.signature_version)
        names = _SIGNED.get(message.type)
        if algorithm is None or names is None:
            raise NotGenuine("The message has an unknown type or SignatureVersion.")
        key = self._key(message.signing_cert_url)
        try:
            signature = base64.b64decode(message.signature, validate=True)
            key.verify(signature, _text(message, names), padding.PKCS1v15(), algorithm)
        except (binascii.Error, InvalidSignature):
            raise NotGenuine("The signature does not match the message.") from None

    def confirm(self, message: SnsMessage) -> None:
        """Confirm a subscription to a topic. Raises NotGenuine or CannotFetch."""
        url = message.subscribe_url or ""
        query = parse_qs(urlsplit(url).query) if is_own_url(url) else {}
        is_confirmation = query.get("Action") == ["ConfirmSubscription"]
        if not is_confirmation or query.get("TopicArn") != [message.topic_arn]:
            raise NotGenuine("SubscribeURL does not confirm the topic at SNS.")
        self._fetch(url)

    def _key(self, url: str) -> rsa.RSAPublicKey:
        certificate = self._certificates.get(url) or self._load(url)
        now = datetime.fromtimestamp(time.time(), UTC)
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise NotGenuine("The certificate at SigningCertURL is not valid now.")
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise NotGenuine("The certificate at SigningCertURL has no RSA key.")
        return key

    def _load(self, url: str) -> Certificate:
        """Fetch one certificate at a time, so that forged messages occupy one thread at most."""
        if not is_own_url(url) or not _CERTIFICATE_PATH.fullmatch(urlsplit(url).path):
            raise NotGenuine("SigningCertURL is not at sns.<region>.amazonaws.com over https.")
        if not self._fetching.acquire(timeout=1.0):
            raise CannotFetch("another certificate is being fetched")
        try:
            certificate = load_pem_x509_certificate(self._fetch(url))
        except ValueError:
            raise NotGenuine("There is no certificate at SigningCertURL.") from None
        finally:
            self._fetching.release()
        if len(self._certificates) >= _MOST_CERTIFICATES:
            self._certificates.clear()
        self._certificates[url] = certificate
        return certificate


def is_own_url(url: str) -> bool:
    """Whether a URL is at SNS: https, its own host with the default port, and no user."""
    if not _VISIBLE.fullmatch(url) or "\\" in url:
        return False
    host = host_of(url)
    if host is None or not _HOST.fullmatch(host):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" and "@" not in parts.netloc


def _text(message: SnsMessage, names: Collection[str]) -> bytes:
    values = msgspec.to_builtins(message)
    lines = (f"{name}\n{values[name]}\n" for name in names if values.get(name) is not None)
    return "".join(lines).encode()
