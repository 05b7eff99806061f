"""Kannel's callbacks: delivery reports and inbound texts.

Kannel does not sign its calls. The URL for reports contains a token that we signed for the attempt;
the URL for inbound texts contains a secret from Kannel's configuration.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Response, request

from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.callbacks import (
    LONGEST_WORD,
    ReportTokens,
    parse_id,
    plain_text,
    refuse_unsigned,
)
from services.gateway.http.webhooks.decoding import byte_fields, decode, named_charset
from services.gateway.intake.items import Keep

PROVIDER = "kannel"

_FAILED, _REJECTED, _DELIVERED, _BUFFERED, _SUBMITTED = 2, 16, 1, 4, 8
_LARGEST_STATUS = 255
_FINAL_STATE = re.compile(
    r"\bstat:([A-Z]{2,10})\b"
)  # of an SMPP receipt; its text: field is personal
_ERROR = re.compile(r"\berr:([0-9A-Za-z]{1,8})\b")
_SMPP_STATUS = re.compile(r"^NACK/(0x[0-9a-fA-F]{1,8}|\d{1,10})")
_REFUSAL = re.compile(r"^NACK/(0x[0-9a-fA-F]{1,8}|\d{1,10})?")

_INVALID_DESTINATION = 0x0B  # ESME_RINVDSTADR
_REFUSALS: Mapping[int, AddressFault] = {
    _INVALID_DESTINATION: AddressFault.HARD_BOUNCE,
}
"""Statuses of SMPP 3.4 §5.1.3 that refuse a message because of the number.

All others are about the message, the sender or the connection, or are not standardized.
"""

_ABOUT_NUMBERS: Mapping[str, AddressFault] = {
    "EXPIRED": AddressFault.SOFT_BOUNCE,  # out of reach until the message expired
}
"""Final states of SMPP 3.4 appendix B that are caused by the number.

UNDELIV, REJECTD, DELETED and UNKNOWN do not tell the cause; `err:` codes are not standardized.
"""
_EXPIRED = 34  # Kannel's own status for EXPIRED: failed, plus the bit 32


def state_of(status: int) -> ReceiptState:
    """Read the bits of a report's status: 34 (expired) and 66 (unknown) both mean failed."""
    if status & (_FAILED | _REJECTED):
        return ReceiptState.UNDELIVERED
    if status & _DELIVERED:
        return ReceiptState.DELIVERED
    if status & (_BUFFERED | _SUBMITTED):
        return ReceiptState.ACCEPTED
    return ReceiptState.PENDING


def code_of(answer: str) -> str | None:
    """Extract the provider's code from its answer; never its text, which may be personal."""
    if refused := _REFUSAL.match(answer):
        return "_".join(part for part in ("NACK", refused[1]) if part)
    matches = (_FINAL_STATE.search(answer), _ERROR.search(answer))
    return "_".join(match[1] for match in matches if match) or None


def about_address(status: int, answer: str) -> AddressFault | None:
    """Return the fault of the number that a failure report states, if any."""
    if refused := _SMPP_STATUS.match(answer):
        return _REFUSALS.get(int(refused[1], 16 if refused[1].startswith("0x") else 10))
    final_state = _FINAL_STATE.search(answer)
    if final_state is None and status == _EXPIRED:
        return _ABOUT_NUMBERS["EXPIRED"]
    return _ABOUT_NUMBERS.get(final_state[1]) if final_state else None


def webhooks(secret_key: str, inbound_token: str, keep: Keep) -> Blueprint:
    """Return the two routes. Without an inbound token every inbound text is refused."""
    routes = Blueprint(PROVIDER, __name__, url_prefix=f"/webhooks/sms/{PROVIDER}")
    tokens = ReportTokens(secret_key)

    @routes.get("/status")
    def take_report() -> Response:
        query = _query()
        if not tokens.fits(query):
            return refuse_unsigned(PROVIDER, "The token does not match the attempt.")
        status = parse_id(query.get("status", ""))
        if status is None or status > _LARGEST_STATUS:
            return plain_text(400, "status must be the number that %d stands for.")
        keep(lambda now: _receipt(query, status, now))
        return Response(status=204)

    @routes.route("/inbound", methods=["GET", "POST"])
    def take_inbound() -> Response:
        query = _query() | _body()
        token = query.get("token", "").encode("latin-1")
        if not inbound_token or not hmac.compare_digest(token, inbound_token.encode()):
            return refuse_unsigned(PROVIDER, "The token is not KANNEL_INBOUND_TOKEN.")
        if not query.get("id") or not query.get("from") or not query.get("to"):
            return plain_text(400, "id=%I, from=%p and to=%P are needed.")
        keep(lambda now: _inbound(query, now))
        return Response(status=200)  # without a body, which Kannel would send as a text

    return routes


def _query() -> dict[str, str]:
    """Return the query with each byte as one character, because texts come in any charset."""
    return byte_fields(request.query_string)


def _body() -> dict[str, str]:
    """Return what a call by POST (`post-url`) has in its body: a form, or the text alone.

    Its Content-Type names the charset.
    """
    if request.method != "POST":
        return {}
    raw = request.get_data()
    fields = byte_fields(raw) if request.mimetype.endswith("form-urlencoded") else _text_field(raw)
    charset = named_charset()
    return fields | ({"charset": charset} if charset else {})


def _text_field(raw: bytes) -> dict[str, str]:
    return {"text": raw.decode("latin-1")}


def _receipt(query: Mapping[str, str], status: int, now: datetime) -> RecordReceipt:
    state, answer = state_of(status), query.get("answer", "")
    is_undelivered = state is ReceiptState.UNDELIVERED
    return RecordReceipt(
        provider=PROVIDER,
        clinic_id=parse_id(query["clinic"]),
        attempt_id=parse_id(query["attempt"]),
        provider_reference=query.get("foreign", "")[:LONGEST_WORD] or None,
        state=state,
        provider_state=str(status),
        code=code_of(answer) if is_undelivered else None,
        about_address=about_address(status, answer) if is_undelivered else None,
        received_at=now,
    )


def _inbound(query: Mapping[str, str], now: datetime) -> RecordInbound:
    return RecordInbound(
        provider=PROVIDER,
        channel=Channel.SMS,
        our_address=query["to"],
        their_address=query["from"],
        text=decode(query.get("text", "").encode("latin-1"), query.get("charset", "")),
        provider_message_id=query["id"][:LONGEST_WORD],
        received_at=now,
    )
