"""What the callbacks of all providers share."""

from collections.abc import Mapping

from flask import Response, request

from services.chassis.logs import get_logger
from services.chassis.tokens import TokenSigner
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.gateway.http.claims import read_claims

log = get_logger(__name__)

LONGEST_WORD = 64
_LONGEST_ID = 18  # digits that fit into 64 bits


class ReportTokens:
    """Checks the tokens in the URLs that providers call with reports on an attempt."""

    def __init__(self, secret_key: str) -> None:
        self._signer = TokenSigner(secret_key, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME)

    def fits(self, query: Mapping[str, str]) -> bool:
        """Whether `token` was made for `clinic` and `attempt`."""
        claims = read_claims(self._signer, query.get("token", ""), tuple[int, int])
        return claims == (parse_id(query.get("clinic", "")), parse_id(query.get("attempt", "")))


def parse_id(text: str) -> int | None:
    """Parse one of our numeric ids from a URL. Returns None if it is not one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


def plain_text(status: int, text: str) -> Response:
    return Response(text + "\n", status=status, mimetype="text/plain")


def refuse_unsigned(provider: str, text: str) -> Response:
    """Log that the caller could not prove to be the provider, and return a 403."""
    log.warning("webhook_not_signed", provider=provider, path=request.path)
    return plain_text(403, text)
