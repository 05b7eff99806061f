"""Signatures, judged by a library that has no part in making them."""

import base64
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from services.reminders.channels.email.addressing import addressed
from services.reminders.channels.email.dkim import DkimKey, Signers, relaxed_body, relaxed_header
from services.reminders.channels.email.mail import compose
from services.reminders.delivery.domain.outgoing import OutgoingMessage

DOMAIN = "clinic.example"


@cache
def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def pem(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def record(name: bytes, timeout: int = 5) -> bytes:
    """What the DNS would say under the selector."""
    del timeout
    assert name == f"afterglow._domainkey.{DOMAIN}.".encode()
    public = key().public_key()
    spelled = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(spelled)


def signed(**changes: str) -> bytes:
    values = {
        "to": "pat@example.org",
        "sender": f"Rowan Clinic <care@{DOMAIN}>",
        "subject": "Sí, a note — from Rowan Clinic, who like long subjects that have to be folded",
        "text": "Keep it clean.  \n\n\nTwo  spaces.\n\n\n",
        "html": "<p>Keep it clean.</p>",
        "message_id": f"<attempt-1-7@{DOMAIN}>",
        "unsubscribe_url": "https://clinic.example/unsubscribe/abc",
    }
    message = OutgoingMessage(
        attempt_id=7, clinic_id=1, deadline_seconds=5, **{**values, **changes}
    )
    signers = Signers({DOMAIN: DkimKey(DOMAIN, "afterglow", pem(key()))})
    addressing = addressed(message)
    return signers.sign(compose(message, addressing), addressing.sender)


def holds(mail: bytes) -> bool:
    return bool(dkim.verify(mail, dnsfunc=record))


def test_a_mail_is_signed_for_its_domain() -> None:
    assert holds(signed())


def test_a_mail_without_a_body_is_signed_too() -> None:
    assert holds(signed(text=""))


@pytest.mark.parametrize("header", ["List-Unsubscribe:", "List-Unsubscribe-Post:", "Subject:"])
def test_a_changed_header_breaks_the_signature(header: str) -> None:
    assert not holds(signed().replace(header.encode(), header.encode() + b" x", 1))


def test_a_changed_body_breaks_the_signature() -> None:
    assert not holds(signed().replace(b"Keep it clean", b"Keep it dirty", 1))


@pytest.mark.parametrize("header", [b"From: evil@example.org", b"Subject: Win"])
def test_a_second_author_or_subject_breaks_the_signature(header: bytes) -> None:
    assert not holds(signed().replace(b"From:", header + b"\r\nFrom:", 1))


def test_spaces_that_servers_change_do_not() -> None:
    assert holds(signed().replace(b"Auto-Submitted: ", b"Auto-Submitted:   ", 1))


def test_mail_of_another_domain_is_left_as_it_is() -> None:
    assert not signed(sender="care@other.example").startswith(b"DKIM-Signature")


# RFC 6376 §3.4.5, both of its examples.
def test_canonical_forms_are_those_of_the_standard() -> None:
    assert relaxed_header(b"A", b" X") == b"a:X\r\n"
    assert relaxed_header(b"B ", b" Y\t\r\n\tZ  ") == b"b:Y Z\r\n"
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"


@pytest.mark.parametrize(
    "unfit", [b"", b"no key", pem(key(1024)), pem(ed25519.Ed25519PrivateKey.generate())]
)
def test_another_key_is_refused(unfit: bytes) -> None:
    with pytest.raises(ValueError, match="it is no"):
        DkimKey(DOMAIN, "afterglow", unfit)
