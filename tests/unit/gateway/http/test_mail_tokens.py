"""Our tokens, in whatever servers put around them."""

from datetime import timedelta

import pytest

from services.chassis.signed_addresses import AddressSigner
from services.chassis.tokens import TokenSigner
from services.contracts.replies import MESSAGE_LIFETIME, MESSAGE_PURPOSE
from services.gateway.http.webhooks.mail_tokens import MailTokens

SECRET = "a secret of tests"
DOMAIN = "bounces.clinic.example"
PATH = AddressSigner(SECRET, lifetime=timedelta(days=30)).sign("b", DOMAIN, 3, 77)
LOCAL = PATH.partition("@")[0]
MESSAGE = TokenSigner(SECRET, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME).sign(3, 77)


@pytest.mark.parametrize(
    "text",
    [
        PATH,
        PATH.upper(),
        f"Return-Path: <{PATH}>",
        f"Original-Recipient: rfc822;{PATH}",
        f"The mail from {PATH}. could not be delivered",
        f"prvs=0123456789={PATH}",
        f"SRS0=AbCd=XY={DOMAIN}={LOCAL}@forwarder.example",
        f"SRS1=EfGh=first.example==AbCd=XY={DOMAIN}={LOCAL}@second.example",
        f"Message-ID: <{MESSAGE}@clinic.example>",
        f"{MESSAGE}@clinic.example",
        f"x.y.z@a.example <{MESSAGE}@clinic.example>",
    ],
)
def test_a_token_is_found(text: str) -> None:
    assert MailTokens(SECRET).find(text) == (3, 77)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b+@bounces.clinic.example",
        PATH.replace(DOMAIN, "evil.example"),
        f"SRS0=AbCd=XY=evil.example={LOCAL}@forwarder.example",
        AddressSigner(SECRET, lifetime=timedelta(days=30)).sign("r", DOMAIN, 3, 77),
        f"<{MESSAGE[:-1]}@clinic.example>",
        TokenSigner(SECRET, purpose="unsubscribe", lifetime=timedelta(days=1)).sign(3, 77),
    ],
)
def test_a_forged_token_is_not(text: str) -> None:
    assert MailTokens(SECRET).find(text) is None
