"""The way out of email: a page with one button, and the click that mail programs make (RFC 8058).

Looking never changes anything: scanners follow every link in a mail. The token in the address is
all that is asked for, no login and no cookie, and it is good for nothing else.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from flask import Blueprint, Response

from services.chassis.tokens import NotOurToken, TokenSigner
from services.contracts.catalog import Purpose
from services.contracts.replies import (
    UNSUBSCRIBE_LIFETIME,
    UNSUBSCRIBE_PURPOSE,
    RecordUnsubscribe,
)
from services.gateway.http.pages.layout import TEMPLATES, language_of, show
from services.gateway.intake.items import IntakePayload

PATH: Final = "/unsubscribe"

Keep = Callable[[Callable[[datetime], IntakePayload]], None]


class Meant(msgspec.Struct, frozen=True, array_like=True):
    """Whose mail, and which kind of it."""

    clinic_id: int
    contact_point_id: int
    purpose: Purpose


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says in one language; `asked` and `done` by the kind of mail."""

    title: str
    asked: dict[Purpose, str]
    button: str
    done: dict[Purpose, str]
    unknown: str


_WORDS: Final = {
    "en": Words(
        title="Email from your clinic",
        asked={
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
        asked={
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
    """Make the page and the click; what is clicked is kept before it is answered."""
    routes = Blueprint("unsubscribe", __name__, url_prefix=PATH, template_folder=TEMPLATES)
    tokens = signer(secret_key)

    @routes.get("/<token>")
    def ask(token: str) -> Response:
        meant, words = _meant(tokens, token), _words()
        if meant is None:
            return _page(404, words.unknown)
        return _page(200, words.asked[meant.purpose], button=words.button)

    @routes.post("/<token>")
    def stop(token: str) -> Response:
        meant, words = _meant(tokens, token), _words()
        if meant is None:
            return _page(404, words.unknown)
        keep(lambda now: _command(meant, now))
        return _page(200, words.done[meant.purpose], is_done=True)

    return routes


def _meant(tokens: TokenSigner, token: str) -> Meant | None:
    try:
        return msgspec.convert(tokens.read(token), type=Meant)
    except (NotOurToken, msgspec.ValidationError):
        return None


def _command(meant: Meant, now: datetime) -> RecordUnsubscribe:
    return RecordUnsubscribe(
        clinic_id=meant.clinic_id,
        contact_point_id=meant.contact_point_id,
        purpose=meant.purpose,
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
