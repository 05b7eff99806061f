"""What every provider's callbacks do with what they were told."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Response

from services.chassis.tokens import NotOurToken, TokenSigner
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.gateway.intake.items import IntakePayload

Keep = Callable[[Callable[[datetime], IntakePayload]], None]
"""Commits what is made for the product's present time; afterwards it cannot be lost."""

LONGEST_WORD = 64
_LONGEST_ID = 18  # digits that fit into 64 bits


class ReportTokens:
    """Reads the token in the address that a provider was given for reports on an attempt."""

    def __init__(self, secret_key: str) -> None:
        self._signer = TokenSigner(secret_key, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME)

    def fits(self, said: Mapping[str, str]) -> bool:
        """Whether `token` was made for `clinic` and `attempt`."""
        try:
            meant = self._signer.read(said.get("token", ""))
        except NotOurToken:
            return False
        return list(meant) == [number(said.get("clinic", "")), number(said.get("attempt", ""))]


def number(text: str) -> int | None:
    """Read an id of ours out of an address; None when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


def plain(status: int, text: str) -> Response:
    return Response(text + "\n", status=status, mimetype="text/plain")
