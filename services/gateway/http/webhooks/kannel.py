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
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.keeping import LONGEST_WORD, Keep, ReportTokens, number, plain

PROVIDER = "kannel"

log = get_logger(__name__)

_FAILED, _REJECTED, _DELIVERED, _BUFFERED, _SUBMITTED = 2, 16, 1, 4, 8
_LARGEST_STATUS = 255
_CHARSETS = {"UTF-8": "utf-8", "UTF-16BE": "utf-16-be", "ISO-8859-1": "latin-1"}
_STATED = re.compile(r"\bstat:([A-Z]{2,10})\b")  # of a receipt by SMPP, whose text: is personal
_ERROR = re.compile(r"\berr:([0-9A-Za-z]{1,8})\b")
_SMPP_STATUS = re.compile(r"^NACK/(0x[0-9a-fA-F]{1,8}|\d{1,10})")
_REFUSAL = re.compile(r"^NACK/(0x[0-9a-fA-F]{1,8}|\d{1,10})?")

_INVALID_DESTINATION = 0x0B  # ESME_RINVDSTADR
_REFUSALS: Mapping[int, AddressFault] = {
    _INVALID_DESTINATION: AddressFault.HARD_BOUNCE,
}
"""Statuses of SMPP 3.4 §5.1.3 with which a carrier refused, that say something of the number.

Every other one is about the message, the sender or the link, or is the carrier's own.
"""

_ENDS: Mapping[str, AddressFault] = {
    "EXPIRED": AddressFault.SOFT_BOUNCE,  # out of reach for as long as it was kept
}
"""Final words of SMPP 3.4 appendix B that say something of the number.

UNDELIV, REJECTD, DELETED and UNKNOWN do not say whose fault it was; `err:` is the carrier's own.
"""
_EXPIRED = 34  # Kannel's own word for EXPIRED: failed, and the bit of 32


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


def about_address(status: int, answer: str) -> AddressFault | None:
    """What a report of an undelivered message says of the number; None when nothing is known."""
    if refused := _SMPP_STATUS.match(answer):
        return _REFUSALS.get(int(refused[1], 16 if refused[1].startswith("0x") else 10))
    stated = _STATED.search(answer)
    if stated is None and status == _EXPIRED:
        return _ENDS["EXPIRED"]
    return _ENDS.get(stated[1]) if stated else None


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
    state, answer = state_of(status), said.get("answer", "")
    is_undelivered = state is ReceiptState.UNDELIVERED
    return RecordReceipt(
        provider=PROVIDER,
        clinic_id=number(said["clinic"]),
        attempt_id=number(said["attempt"]),
        provider_reference=said.get("foreign", "")[:LONGEST_WORD] or None,
        state=state,
        provider_state=str(status),
        code=code_of(answer) if is_undelivered else None,
        about_address=about_address(status, answer) if is_undelivered else None,
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
