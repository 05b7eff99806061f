"""A page for a patient to answer a check-in.

Even if the question is closed, the link has expired or a service is down, the page shows what must
not wait and whom to call. An answer that cannot be delivered at once is stored.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from flask import Blueprint, Response, request

from services.chassis.ask import BlockingAsk
from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Checklist, ContentBlock, Notice, RedFlag, Severity
from services.contracts.check_ins import (
    CHECK_IN_LIFETIME,
    CHECK_IN_PURPOSE,
    AnswerByLink,
    CheckInReply,
    CheckInShown,
    ShowCheckIn,
)
from services.gateway.http.claims import read_claims
from services.gateway.http.pages.check_in_words import WORDS, Sign, Words
from services.gateway.http.pages.layout import SERVICE_DOWN, form_line, language_of, link_page, show
from services.gateway.intake.items import Keep

PATH: Final = "/c"
LONGEST_ANSWER: Final = 500
_FORM_ID: Final = re.compile(r"[0-9a-f]{32}")
_ANSWER_FIELDS: Final = ("option", "words")


class CheckInClaims(msgspec.Struct, frozen=True, array_like=True):
    """The claims of the link: which reminder asked the question."""

    clinic_id: int
    reminder_id: int


class Piece(msgspec.Struct, frozen=True):
    """A piece of guidance, as the page shows it."""

    text: str
    is_notice: bool
    is_urgent: bool


def signer(secret_key: str) -> TokenSigner:
    return TokenSigner(secret_key, purpose=CHECK_IN_PURPOSE, lifetime=CHECK_IN_LIFETIME)


def check_in_page(secret_key: str, ask: BlockingAsk, keep: Keep) -> Blueprint:
    """Return the routes. An answer goes to `keep` while the reminders service is down."""
    page = _CheckInPage(signer(secret_key), ask, keep)
    return link_page("check-in", PATH, view=page.view, submit=page.answer)


class _CheckInPage:
    def __init__(self, tokens: TokenSigner, ask: BlockingAsk, keep: Keep) -> None:
        self._tokens = tokens
        self._ask = ask
        self._keep = keep

    def view(self, token: str) -> Response:
        claims, is_expired = self._claims(token)
        if claims is None:
            return _without_question(404, lambda words: words.unknown)
        try:
            shown = self._question(claims)
        except SERVICE_DOWN:
            return _without_question(503, lambda words: words.away)
        if shown is None:
            return _without_question(404, lambda words: words.unknown)
        return _page(shown, is_open=not (is_expired or shown.is_closed))

    def answer(self, token: str) -> Response:
        claims, is_expired = self._claims(token)
        if claims is None:
            return _without_question(404, lambda words: words.unknown)
        if is_expired:
            return self.view(token)
        answers = {
            field: text for field in _ANSWER_FIELDS if (text := form_line(field, LONGEST_ANSWER))
        }
        if not answers:
            return self._ask_again(token, claims)
        try:
            reply = self._submit(claims, answers)
            shown = self._question(claims)
        except SERVICE_DOWN:
            for text in answers.values():
                self._keep(partial(_answer_at, claims, text))
            return _without_question(202, lambda words: words.kept)
        if shown is None or reply.refusals:
            return self.view(token)
        return _page(shown, is_open=False, guidance=reply.guidance)

    def _ask_again(self, token: str, claims: CheckInClaims) -> Response:
        try:
            shown = self._question(claims)
        except SERVICE_DOWN:
            return _without_question(503, lambda words: words.away)
        if shown is None or shown.is_closed:
            return self.view(token)
        return _page(shown, is_open=True, is_wrong=True)

    def _submit(self, claims: CheckInClaims, answers: Mapping[str, str]) -> CheckInReply:
        """Submit the option and the patient's own words, and return the more urgent reply.

        They are separate answers, so that the words cannot make the option ambiguous.
        """
        replies = [
            self._ask(_answer(claims, text), command_id=_command_id(claims, field))
            for field, text in answers.items()
        ]
        return max(reversed(replies), key=_is_urgent)

    def _question(self, claims: CheckInClaims) -> CheckInShown | None:
        return self._ask(ShowCheckIn(clinic_id=claims.clinic_id, reminder_id=claims.reminder_id))

    def _claims(self, token: str) -> tuple[CheckInClaims | None, bool]:
        """Return the claims of a link, and whether it is too old to answer by."""
        claims = read_claims(self._tokens, token, CheckInClaims)
        if claims is not None:
            return claims, False
        expired = read_claims(self._tokens, token, CheckInClaims, at_any_age=True)
        return expired, expired is not None


def _command_id(claims: CheckInClaims, field: str) -> str | None:
    """Return the same id if a browser sends a form again, and a new one for a form shown anew."""
    form_id = request.form.get("form", "")
    if not _FORM_ID.fullmatch(form_id):
        return None
    return f"check-in:{claims.clinic_id}:{claims.reminder_id}:{form_id}:{field}"


def _answer(claims: CheckInClaims, text: str) -> AnswerByLink:
    return AnswerByLink(clinic_id=claims.clinic_id, reminder_id=claims.reminder_id, answer=text)


def _answer_at(claims: CheckInClaims, text: str, _now: datetime) -> AnswerByLink:
    return _answer(claims, text)


def _is_urgent(reply: CheckInReply) -> bool:
    return any(_piece(block).is_urgent for block in reply.guidance)


def _page(
    shown: CheckInShown,
    *,
    is_open: bool,
    guidance: Sequence[ContentBlock] | None = None,
    is_wrong: bool = False,
) -> Response:
    language = language_of(shown.locale, WORDS)
    words = WORDS[language]
    blocks = shown.guidance if guidance is None else guidance
    return show(
        "check_in.html",
        status=400 if is_wrong else 200,
        language=language,
        title=words.title.format(clinic=shown.clinic_name),
        words=words,
        guidance=[_piece(block) for block in blocks if not isinstance(block, Checklist)],
        note=None if is_open or blocks else words.closed,
        asked=shown.check_in if is_open else None,
        form=secrets.token_hex(16),
        wrong=words.no_answer if is_wrong else None,
        flags=_flags(shown, words),
        clinic=shown.clinic_name,
        phone=shown.clinic_phone,
        emergency=shown.emergency_number,
    )


def _flags(shown: CheckInShown, words: Words) -> Sequence[RedFlag | Sign]:
    """Return the red flags of the step, after general emergencies if none of them is one."""
    if not shown.seek_help_if:
        return words.signs
    if any(flag.is_emergency for flag in shown.seek_help_if):
        return shown.seek_help_if
    return [*(sign for sign in words.signs if sign.is_emergency), *shown.seek_help_if]


def _piece(block: ContentBlock) -> Piece:
    if isinstance(block, Notice):
        return Piece(block.text, is_notice=True, is_urgent=block.severity is Severity.URGENT)
    return Piece(block.text, is_notice=False, is_urgent=False)


def _without_question(status: int, note: Callable[[Words], str]) -> Response:
    """Return the page without a question; it shows the signs that must not wait in any case."""
    language = language_of(None, WORDS)
    words = WORDS[language]
    return show(
        "check_in.html",
        status=status,
        language=language,
        title=words.plain_title,
        words=words,
        guidance=(),
        note=note(words),
        asked=None,
        flags=words.signs,
    )
