"""A patient's page to answer a check-in on.

Whatever has become of the question, of its link or of us, the page says what must not wait and
whom to call. An answer is kept even where it cannot be handed on at once.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from flask import Blueprint, Response, request

from services.chassis.ask import BlockingAsk, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.chassis.tokens import NotOurToken, TokenSigner
from services.contracts.catalog import Checklist, ContentBlock, Notice, RedFlag, Severity
from services.contracts.check_ins import (
    CHECK_IN_LIFETIME,
    CHECK_IN_PURPOSE,
    AnswerByLink,
    CheckInReply,
    CheckInShown,
    ShowCheckIn,
)
from services.gateway.http.pages.check_in_words import WORDS, Sign, Words
from services.gateway.http.pages.layout import TEMPLATES, language_of, show
from services.gateway.intake.items import IntakePayload

PATH: Final = "/c"
LONGEST_ANSWER: Final = 500
_FORM: Final = re.compile(r"[0-9a-f]{32}")

_AWAY: Final = (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed)

Keep = Callable[[Callable[[datetime], IntakePayload]], None]


class Meant(msgspec.Struct, frozen=True, array_like=True):
    """The reminder that asked."""

    clinic_id: int
    reminder_id: int


class Piece(msgspec.Struct, frozen=True):
    """One piece of guidance, as the page shows it."""

    text: str
    is_notice: bool
    is_urgent: bool


def signer(secret_key: str) -> TokenSigner:
    return TokenSigner(secret_key, purpose=CHECK_IN_PURPOSE, lifetime=CHECK_IN_LIFETIME)


def check_in_page(secret_key: str, ask: BlockingAsk, keep: Keep) -> Blueprint:
    """Make the page. What cannot be answered at once goes to `keep`."""
    routes = Blueprint("check-in", __name__, url_prefix=PATH, template_folder=TEMPLATES)
    desk = _Desk(signer(secret_key), ask, keep)
    routes.get("/<token>")(desk.look)
    routes.post("/<token>")(desk.answer)
    return routes


class _Desk:
    def __init__(self, tokens: TokenSigner, ask: BlockingAsk, keep: Keep) -> None:
        self._tokens = tokens
        self._ask = ask
        self._keep = keep

    def look(self, token: str) -> Response:
        meant, is_expired = self._meant(token)
        if meant is None:
            return _without(404, lambda words: words.unknown)
        try:
            shown = self._shown(meant)
        except _AWAY:
            return _without(503, lambda words: words.away)
        if shown is None:
            return _without(404, lambda words: words.unknown)
        return _page(shown, is_open=not (is_expired or shown.is_closed))

    def answer(self, token: str) -> Response:
        meant, is_expired = self._meant(token)
        if meant is None:
            return _without(404, lambda words: words.unknown)
        if is_expired:
            return self.look(token)
        said = {name: text for name in ("option", "words") if (text := _said(name))}
        if not said:
            return self._asked_again(token, meant)
        try:
            reply = self._told(meant, said)
            shown = self._shown(meant)
        except _AWAY:
            for text in said.values():
                self._keep(partial(_answer_at, meant, text))
            return _without(202, lambda words: words.kept)
        if shown is None or reply.refusals:
            return self.look(token)
        return _page(shown, is_open=False, guidance=reply.guidance)

    def _asked_again(self, token: str, meant: Meant) -> Response:
        try:
            shown = self._shown(meant)
        except _AWAY:
            return _without(503, lambda words: words.away)
        if shown is None or shown.is_closed:
            return self.look(token)
        return _page(shown, is_open=True, is_wrong=True)

    def _told(self, meant: Meant, said: Mapping[str, str]) -> CheckInReply:
        """Tell each apart: words beside an option must not make a riddle of it. The worst rules."""
        replies = [
            self._ask(_answer(meant, text), command_id=_command_id(meant, name))
            for name, text in said.items()
        ]
        return max(reversed(replies), key=_is_urgent)

    def _shown(self, meant: Meant) -> CheckInShown | None:
        return self._ask(ShowCheckIn(clinic_id=meant.clinic_id, reminder_id=meant.reminder_id))

    def _meant(self, token: str) -> tuple[Meant | None, bool]:
        """What a link is about, and whether it is too old to answer by."""
        for read, is_expired in (
            (self._tokens.read, False),
            (self._tokens.read_at_any_age, True),
        ):
            try:
                return msgspec.convert(read(token), type=Meant), is_expired
            except (NotOurToken, msgspec.ValidationError):
                continue
        return None, False


def _command_id(meant: Meant, field: str) -> str | None:
    """The same for a form that a browser sends again; a form opened anew says something new."""
    form = request.form.get("form", "")
    if not _FORM.fullmatch(form):
        return None
    return f"check-in:{meant.clinic_id}:{meant.reminder_id}:{form}:{field}"


def _answer(meant: Meant, said: str) -> AnswerByLink:
    return AnswerByLink(
        clinic_id=meant.clinic_id, reminder_id=meant.reminder_id, answer=said[:LONGEST_ANSWER]
    )


def _answer_at(meant: Meant, said: str, _now: datetime) -> AnswerByLink:
    return _answer(meant, said)


def _is_urgent(reply: CheckInReply) -> bool:
    return any(_shown_block(block).is_urgent for block in reply.guidance)


def _said(name: str) -> str:
    """A field of the form on one line, without control characters."""
    text = " ".join(request.form.get(name, "").split())
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs"))[:LONGEST_ANSWER]


def _page(
    shown: CheckInShown,
    *,
    is_open: bool,
    guidance: Sequence[ContentBlock] | None = None,
    is_wrong: bool = False,
) -> Response:
    language = language_of(shown.locale, WORDS)
    words = WORDS[language]
    told = shown.guidance if guidance is None else guidance
    return show(
        "check_in.html",
        status=400 if is_wrong else 200,
        language=language,
        title=words.title.format(clinic=shown.clinic_name),
        words=words,
        guidance=[_shown_block(block) for block in told if not isinstance(block, Checklist)],
        note=None if is_open or told else words.closed,
        asked=shown.check_in if is_open else None,
        form=secrets.token_hex(16),
        wrong=words.nothing_said if is_wrong else None,
        flags=_flags(shown, words),
        clinic=shown.clinic_name,
        phone=shown.clinic_phone,
        emergency=shown.emergency_number,
    )


def _flags(shown: CheckInShown, words: Words) -> Sequence[RedFlag | Sign]:
    """Those of the step, and emergencies first: a patient may have what nobody planned for."""
    if not shown.seek_help_if:
        return words.signs
    if any(flag.is_emergency for flag in shown.seek_help_if):
        return shown.seek_help_if
    return [*(sign for sign in words.signs if sign.is_emergency), *shown.seek_help_if]


def _shown_block(block: ContentBlock) -> Piece:
    if isinstance(block, Notice):
        return Piece(block.text, is_notice=True, is_urgent=block.severity is Severity.URGENT)
    return Piece(block.text, is_notice=False, is_urgent=False)


def _without(status: int, note: Callable[[Words], str]) -> Response:
    """The page where nothing is known of the question: signs that must not wait, in any case."""
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
