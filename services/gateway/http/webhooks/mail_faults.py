"""What the codes in a mail service's event say about an address: the same as in a bounce."""

import re
from typing import Final

from services.bounces.verdicts import judge_answer
from services.contracts.words import AddressFault
from services.gateway.http.webhooks.mail_reports import FAULTS

_STATUS: Final = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def status_in(*texts: str | None) -> str | None:
    """The first enhanced status (RFC 3463) in the texts."""
    matches = (_STATUS.search(text) for text in texts if text)
    return next((match[0] for match in matches if match), None)


def fault_in(status: str | None, diagnostic: str | None) -> AddressFault | None:
    """What the server's answer, or else the status, says about the address, as in a mail."""
    return FAULTS.get(judge_answer(diagnostic or "", status or "").kind)
