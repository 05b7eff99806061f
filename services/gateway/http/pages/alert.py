"""A page for staff to say that they have taken an alert.

Only the form says so: what fetches a link, such as a phone's preview, takes nothing. The page names
no patient; whoever takes the alert looks the patient up in the clinic's own system.
"""

import unicodedata
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from flask import Blueprint, Response, request

from services.chassis.ask import BlockingAsk, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.chassis.tokens import NotOurToken, TokenSigner
from services.contracts.check_ins import (
    ALERT_LIFETIME,
    ALERT_PURPOSE,
    AcknowledgeAlert,
    AlertShown,
    ShowAlert,
)
from services.gateway.http.pages.alert_words import WORDS
from services.gateway.http.pages.layout import TEMPLATES, language_of, show
from services.gateway.identity.keys import KeysNotReadable
from services.gateway.identity.people import People, key_behind

PATH: Final = "/a"
LONGEST_NAME: Final = 100

_AWAY: Final = (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed)


class Meant(msgspec.Struct, frozen=True, array_like=True):
    """The alert that was sent."""

    clinic_id: int
    alert_id: int


def signer(secret_key: str) -> TokenSigner:
    return TokenSigner(secret_key, purpose=ALERT_PURPOSE, lifetime=ALERT_LIFETIME)


def alert_page(secret_key: str, ask: BlockingAsk, people: People) -> Blueprint:
    """Make the page, which asks reminders and keeps nothing itself."""
    routes = Blueprint("alert", __name__, url_prefix=PATH, template_folder=TEMPLATES)
    tokens = signer(secret_key)

    @routes.get("/<token>")
    def look(token: str) -> Response:
        meant = _meant(tokens, token)
        return _nothing() if meant is None else _shown(ask, meant, people)

    @routes.post("/<token>")
    def take(token: str) -> Response:
        meant, by = _meant(tokens, token), _name()
        if meant is None:
            return _nothing()
        if not by:
            return _shown(ask, meant, people, is_wrong=True)
        command = AcknowledgeAlert(clinic_id=meant.clinic_id, alert_id=meant.alert_id, by=by)
        try:
            shown = ask(command)
        except _AWAY:
            return _away()
        return _nothing() if shown is None else _page(_named(shown, meant, people))

    return routes


def _meant(tokens: TokenSigner, token: str) -> Meant | None:
    try:
        return msgspec.convert(tokens.read(token), type=Meant)
    except (NotOurToken, msgspec.ValidationError):
        return None


def _name() -> str:
    text = " ".join(request.form.get("by", "").split())
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs"))[:LONGEST_NAME]


def _shown(ask: BlockingAsk, meant: Meant, people: People, *, is_wrong: bool = False) -> Response:
    try:
        shown = ask(ShowAlert(clinic_id=meant.clinic_id, alert_id=meant.alert_id))
    except _AWAY:
        return _away()
    if shown is None:
        return _nothing()
    return _page(_named(shown, meant, people), is_wrong=is_wrong)


def _named(shown: AlertShown, meant: Meant, people: People) -> AlertShown:
    """Whoever took it in the clinic's own system, by name where the key is one person's."""
    key = key_behind(shown.acknowledged_by)
    if key is None:
        return shown
    try:
        person = people.find_now(meant.clinic_id, [key]).get(key)
    except KeysNotReadable:
        return shown
    return msgspec.structs.replace(shown, acknowledged_by=person.name) if person else shown


def _page(shown: AlertShown, *, is_wrong: bool = False) -> Response:
    language = language_of(shown.locale, WORDS)
    words = WORDS[language]
    is_test = shown.escalation_id is None
    about = words.about_test if is_test else words.about
    taken_at = shown.acknowledged_at
    return show(
        "alert.html",
        status=400 if is_wrong and taken_at is None else 200,
        language=language,
        title=words.test_title if is_test else words.title,
        words=words,
        shown=shown,
        subject=about.format(clinic=shown.clinic_name, number=shown.escalation_id),
        opened_at=_local(shown.opened_at, shown.time_zone),
        explained=words.explained_test if is_test else words.explained,
        button=words.button_test if is_test else words.button,
        taken=taken_at
        and words.taken.format(
            by=shown.acknowledged_by or "", at=_local(taken_at, shown.time_zone)
        ),
        wrong=words.nameless if is_wrong else None,
    )


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def _nothing() -> Response:
    language = language_of(None, WORDS)
    words = WORDS[language]
    return show("alert.html", status=404, language=language, title=words.title, note=words.unknown)


def _away() -> Response:
    language = language_of(None, WORDS)
    words = WORDS[language]
    return show("alert.html", status=503, language=language, title=words.title, note=words.away)
