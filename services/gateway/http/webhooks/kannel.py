"""Kannel's calls: delivery reports, and what people text back.

Kannel signs nothing. A report's address holds a token that only we can have made for that
attempt; the address for texts holds a secret that an operator wrote into Kannel's configuration.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request

from services.chassis.logs import get_logger
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.words import ReceiptState
from services.gateway.http.webhooks.keeping import LONGEST_WORD, Keep, ReportTokens, number, plain

PROVIDER = "kannel"

log = get_logger(__name__)

_FAILED, _REJECTED, _DELIVERED, _BUFFERED, _SUBMITTED = 2, 16, 1, 4, 8
_LARGEST_STATUS = 255
_CHARSETS = {"UTF-8": "utf-8", "UTF-16BE": "utf-16-be", "ISO-8859-1": "latin-1"}
_STATED = re.compile(r"\bstat:([A-Z]{2,10})\b")  # of a receipt by SMPP, whose text: is personal
_ERROR = re.compile(r"\berr:([0-9A-Za-z]{1,8})\b")
_REFUSAL = re.compile(r"^NACK/(0x[0-9a-fA-F]{1,8}|\d{1,10})?")


def state_of(status: int) -> ReceiptState:
    """Read the bits of a report's type: expired is 34, unknown is 66, and both have failed."""
    if status & (_FAILED | _REJECTED):
        return ReceiptState.UNDELIVERED
    if status & _DELIVERED:
        return ReceiptState.DELIVERED
    if status & (_BUFFERED | _SUBMITTED):
        return ReceiptState.ACCEPTED
    return ReceiptState.PENDING


def code_of(answer: str) -> str | None:
    """The carrier's own code, out of what it answered; never its words, which may be personal."""
    if refused := _REFUSAL.match(answer):
        return "_".join(part for part in ("NACK", refused[1]) if part)
    found = [match[1] for match in (_STATED.search(answer), _ERROR.search(answer)) if match]
    return "_".join(found) or None


def webhooks(secret_key: str, inbound_token: str, keep: Keep) -> Blueprint:
    """Make the two routes. Without an inbound token every text is refused."""
    routes = Blueprint(PROVIDER, __name__, url_prefix=f"/webhooks/sms/{PROVIDER}")
    tokens = ReportTokens(secret_key)

    @routes.get("/status")
    def take_report() -> Response:
        said = _query()
        if not tokens.fits(said):
            return _refused("The token does not fit the attempt.")
        status = number(said.get("status", ""))
        if status is None or status > _LARGEST_STATUS:
            return plain(400, "status must be the number that %d stands for.")
        keep(lambda now: _receipt(said, status, now))
        return Response(status=204)

    @routes.get("/inbound")
    def take_inbound() -> Response:
        said = _query()
        given = said.get("token", "").encode("latin-1")
        if not inbound_token or not hmac.compare_digest(given, inbound_token.encode()):
            return _refused("The token is not KANNEL_INBOUND_TOKEN.")
        if not said.get("id") or not said.get("from") or not said.get("to"):
            return plain(400, "id=%I, from=%p and to=%P are needed.")
        keep(lambda now: _inbound(said, now))
        return Response(status=200)  # empty: Kannel would text a body back

    return routes


def _query() -> dict[str, str]:
    """The query with each byte as one character: texts come in the carrier's charset."""
    raw = request.query_string.decode("ascii", "replace")
    return dict(parse_qsl(raw, keep_blank_values=True, encoding="latin-1"))


def _refused(text: str) -> Response:
    log.warning("webhook_not_signed", provider=PROVIDER, path=request.path)
    return plain(403, text)


def _receipt(said: Mapping[str, str], status: int, now: datetime) -> RecordReceipt:
    state = state_of(status)
    return RecordReceipt(
        provider=PROVIDER,
        clinic_id=number(said["clinic"]),
        attempt_id=number(said["attempt"]),
        provider_reference=said.get("foreign", "")[:LONGEST_WORD] or None,
        state=state,
        provider_state=str(status),
        code=code_of(said.get("answer", "")) if state is ReceiptState.UNDELIVERED else None,
        received_at=now,
    )


def _inbound(said: Mapping[str, str], now: datetime) -> RecordInbound:
    return RecordInbound(
        provider=PROVIDER,
        channel=Channel.SMS,
        our_address=said["to"],
        their_address=said["from"],
        text=_text(said.get("text", ""), said.get("charset", "")),
        provider_message_id=said["id"][:LONGEST_WORD],
        received_at=now,
    )


def _text(received: str, charset: str) -> str:
    encoding = _CHARSETS.get(charset.upper(), "utf-8")
    return received.encode("latin-1").decode(encoding, "replace")
