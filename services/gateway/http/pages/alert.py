"""A page for staff to acknowledge an alert.

Only the form acknowledges it: programs that fetch a link, such as a phone's preview, change
nothing. The page names no patient; staff look the patient up in the clinic's own system.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from flask import Blueprint, Response

from services.chassis.ask import BlockingAsk
from services.chassis.tokens import TokenSigner
from services.contracts.check_ins import (
    ALERT_LIFETIME,
    ALERT_PURPOSE,
    AcknowledgeAlert,
    AlertShown,
    ShowAlert,
)
from services.gateway.http.claims import read_claims
from services.gateway.http.pages.alert_words import WORDS, Words
from services.gateway.http.pages.layout import SERVICE_DOWN, form_line, language_of, link_page, show
from services.gateway.identity.keys import KeysNotReadable
from services.gateway.identity.people import People, key_behind

PATH: Final = "/a"
LONGEST_NAME: Final = 100


class AlertClaims(msgspec.Struct, frozen=True, array_like=True):
    """The claims of the link: which alert was sent."""

    clinic_id: int
    alert_id: int


def signer(secret_key: str) -> TokenSigner:
    return TokenSigner(secret_key, purpose=ALERT_PURPOSE, lifetime=ALERT_LIFETIME)


def alert_page(secret_key: str, ask: BlockingAsk, people: People) -> Blueprint:
    """Return the routes. They ask the reminders service and store nothing."""
    page = _AlertPage(signer(secret_key), ask, people)
    return link_page("alert", PATH, view=page.view, submit=page.acknowledge)


class _AlertPage:
    def __init__(self, tokens: TokenSigner, ask: BlockingAsk, people: People) -> None:
        self._tokens = tokens
        self._ask = ask
        self._people = people

    def view(self, token: str) -> Response:
        return self._answer(token, _show_alert)

    def acknowledge(self, token: str) -> Response:
        name = form_line("by", LONGEST_NAME)
        if not name:
            return self._answer(token, _show_alert, is_wrong=True)
        return self._answer(
            token,
            lambda claims: AcknowledgeAlert(
                clinic_id=claims.clinic_id, alert_id=claims.alert_id, by=name
            ),
        )

    def _answer(
        self,
        token: str,
        question: Callable[[AlertClaims], ShowAlert | AcknowledgeAlert],
        *,
        is_wrong: bool = False,
    ) -> Response:
        claims = read_claims(self._tokens, token, AlertClaims)
        if claims is None:
            return _without_alert(404, lambda words: words.unknown)
        try:
            shown = self._ask(question(claims))
        except SERVICE_DOWN:
            return _without_alert(503, lambda words: words.away)
        if shown is None:
            return _without_alert(404, lambda words: words.unknown)
        return _page(self._with_name(shown, claims), is_wrong=is_wrong)

    def _with_name(self, shown: AlertShown, claims: AlertClaims) -> AlertShown:
        """Put the person's name in place of the key that acknowledged the alert, if known."""
        key = key_behind(shown.acknowledged_by)
        if key is None:
            return shown
        try:
            person = self._people.find_now(claims.clinic_id, [key]).get(key)
        except KeysNotReadable:
            return shown
        return msgspec.structs.replace(shown, acknowledged_by=person.name) if person else shown


def _show_alert(claims: AlertClaims) -> ShowAlert:
    return ShowAlert(clinic_id=claims.clinic_id, alert_id=claims.alert_id)


def _page(shown: AlertShown, *, is_wrong: bool = False) -> Response:
    language = language_of(shown.locale, WORDS)
    words = WORDS[language]
    is_test = shown.escalation_id is None
    about = words.about_test if is_test else words.about
    acknowledged_at = shown.acknowledged_at
    return show(
        "alert.html",
        status=400 if is_wrong and acknowledged_at is None else 200,
        language=language,
        title=words.test_title if is_test else words.title,
        words=words,
        shown=shown,
        subject=about.format(clinic=shown.clinic_name, number=shown.escalation_id),
        opened_at=_local(shown.opened_at, shown.time_zone),
        explained=words.explained_test if is_test else words.explained,
        button=words.button_test if is_test else words.button,
        acknowledged=acknowledged_at
        and words.acknowledged.format(
            by=shown.acknowledged_by or "", at=_local(acknowledged_at, shown.time_zone)
        ),
        wrong=words.nameless if is_wrong else None,
    )


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def _without_alert(status: int, note: Callable[[Words], str]) -> Response:
    language = language_of(None, WORDS)
    words = WORDS[language]
    return show("alert.html", status=status, language=language, title=words.title, note=note(words))
