"""Unsubscribing from email: a page with one button, and one-click requests (RFC 8058).

Opening the page never changes anything, because scanners follow every link in an email. The token
in the URL is the only credential, without login or cookie, and permits nothing else.
"""

from datetime import datetime
from typing import Final

import msgspec
from flask import Blueprint, Response

from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Purpose
from services.contracts.replies import UNSUBSCRIBE_LIFETIME, UNSUBSCRIBE_PURPOSE, RecordUnsubscribe
from services.gateway.http.claims import read_claims
from services.gateway.http.pages.layout import language_of, link_page, show
from services.gateway.intake.items import Keep

PATH: Final = "/unsubscribe"


class UnsubscribeClaims(msgspec.Struct, frozen=True, array_like=True):
    """The claims of the link: which contact point, and which kind of email."""

    clinic_id: int
    contact_point_id: int
    purpose: Purpose


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of the page in one language; `question` and `done` by the kind of email."""

    title: str
    question: dict[Purpose, str]
    button: str
    done: dict[Purpose, str]
    unknown: str


_WORDS: Final = {
    "en": Words(
        title="Email from your clinic",
        question={
            Purpose.CARE: "Stop all email from your clinic, reminders about your care included?",
            Purpose.MARKETING: "Stop offers and invitations by email? Reminders about your care "
            "still come.",
        },
        button="Stop these emails",
        done={
            Purpose.CARE: "Done. Your clinic will send you no more email. It may call you about "
            "your care.",
            Purpose.MARKETING: "Done. No more offers and invitations by email. Reminders about "
            "your care still come.",
        },
        unknown="This link is not complete, or it is more than a year old. Use the link in the "
        "newest email, or tell your clinic.",
    ),
    "es": Words(
        title="Correos de su clínica",
        question={
            Purpose.CARE: "¿Dejar de recibir todos los correos de su clínica, también los "
            "recordatorios de sus cuidados?",
            Purpose.MARKETING: "¿Dejar de recibir ofertas e invitaciones por correo? Los "
            "recordatorios de sus cuidados seguirán llegando.",
        },
        button="No recibir más correos",
        done={
            Purpose.CARE: "Hecho. Su clínica no le enviará más correos. Es posible que le llame "
            "por sus cuidados.",
            Purpose.MARKETING: "Hecho. No recibirá más ofertas ni invitaciones por correo. Los "
            "recordatorios de sus cuidados seguirán llegando.",
        },
        unknown="Este enlace está incompleto o tiene más de un año. Use el del último correo o "
        "avise a su clínica.",
    ),
}


def signer(secret_key: str) -> TokenSigner:
    return TokenSigner(secret_key, purpose=UNSUBSCRIBE_PURPOSE, lifetime=UNSUBSCRIBE_LIFETIME)


def unsubscribe_page(secret_key: str, keep: Keep) -> Blueprint:
    """Return the routes. A request to unsubscribe is stored before it is answered."""
    tokens = signer(secret_key)

    def view(token: str) -> Response:
        claims, words = read_claims(tokens, token, UnsubscribeClaims), _words()
        if claims is None:
            return _page(404, words.unknown)
        return _page(200, words.question[claims.purpose], button=words.button)

    def unsubscribe(token: str) -> Response:
        claims, words = read_claims(tokens, token, UnsubscribeClaims), _words()
        if claims is None:
            return _page(404, words.unknown)
        keep(lambda now: _command(claims, now))
        return _page(200, words.done[claims.purpose], is_done=True)

    return link_page("unsubscribe", PATH, view=view, submit=unsubscribe)


def _command(claims: UnsubscribeClaims, now: datetime) -> RecordUnsubscribe:
    return RecordUnsubscribe(
        clinic_id=claims.clinic_id,
        contact_point_id=claims.contact_point_id,
        purpose=claims.purpose,
        received_at=now,
    )


def _words() -> Words:
    return _WORDS[language_of(None, _WORDS)]


def _page(status: int, text: str, *, button: str | None = None, is_done: bool = False) -> Response:
    return show(
        "unsubscribe.html",
        status=status,
        language=language_of(None, _WORDS),
        title=_words().title,
        text=text,
        button=button,
        is_done=is_done,
    )
