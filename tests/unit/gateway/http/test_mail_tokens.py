"""Our tokens, in whatever servers put around them."""

from datetime import timedelta

import pytest

from services.chassis.signed_addresses import AddressSigner
from services.chassis.tokens import TokenSigner
from services.contracts.replies import MESSAGE_LIFETIME, MESSAGE_PURPOSE
from services.gateway.http.webhooks.mail_tokens import MailTokens

SECRET = "a secret of tests"
DOMAIN = "bounces.clinic.example"


def tokens() -> dict[str, str]:
    """What is signed names the second it was signed in, so no test has it in its name."""
    addresses = AddressSigner(SECRET, lifetime=timedelta(days=30))
    messages = TokenSigner(SECRET, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME)
    others = TokenSigner(SECRET, purpose="unsubscribe", lifetime=timedelta(days=1))
    path, message = addresses.sign("b", DOMAIN, 3, 77), messages.sign(3, 77)
    return {
        "path": path,
        "capitals": path.upper(),
        "local": path.partition("@")[0],
        "domain": DOMAIN,
        "message": message,
        "cut": message[:-1],
        "other_kind": addresses.sign("r", DOMAIN, 3, 77),
        "other_purpose": others.sign(3, 77),
    }


@pytest.mark.parametrize(
    "text",
    [
        "{path}",
        "{capitals}",
        "Return-Path: <{path}>",
        "Original-Recipient: rfc822;{path}",
        "The mail from {path}. could not be delivered",
        "prvs=0123456789={path}",
        "SRS0=AbCd=XY={domain}={local}@forwarder.example",
        "SRS1=EfGh=first.example==AbCd=XY={domain}={local}@second.example",
        "Message-ID: <{message}@clinic.example>",
        "{message}@clinic.example",
        "x.y.z@a.example <{message}@clinic.example>",
    ],
)
def test_a_token_is_found(text: str) -> None:
    assert MailTokens(SECRET).find(text.format_map(tokens())) == (3, 77)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b+@bounces.clinic.example",
        "{local}@evil.example",
        "SRS0=AbCd=XY=evil.example={local}@forwarder.example",
        "{other_kind}",
        "<{cut}@clinic.example>",
        "{other_purpose}",
    ],
)
def test_a_forged_token_is_not(text: str) -> None:
    assert MailTokens(SECRET).find(text.format_map(tokens())) is None
