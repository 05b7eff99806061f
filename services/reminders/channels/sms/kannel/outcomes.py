"""What the answers of Kannel's sendsms mean (user guide, "Using the HTTP interface to send SMS").

A complete answer of smsbox is definite: 202 took it, everything else did not. There is no lookup,
so a message without an answer stays unknown until a delivery report comes.
"""

from collections.abc import Mapping

from services.contracts.words import SuppressionReason
from services.reminders.channels.http import outcome_of_status
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Outcome,
    RejectedForGood,
    Unknown,
)

HTTP_ACCEPTED = 202

FOR_GOOD: tuple[tuple[bytes, str, SuppressionReason | None], ...] = (
    # an operator of the gateway put the number on its black list, or left it off the white one
    (b"Number(s) has/have been denied", "DENIED", SuppressionReason.MANUAL),
    (b"Missing receiver", "NO_RECEIVER", None),
    (b"Empty receiver", "NO_RECEIVER", None),
    (b"Sender missing", "NO_SENDER", None),
    (b"Charset or body misformed", "BODY_MISFORMED", None),
)
"""How a refusal of smsbox begins, our code, and why the address must not be used any more."""


def read(status: int, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Translate a complete answer. Kannel has no reference: the report's URL has our ids."""
    if status == HTTP_ACCEPTED:
        return Accepted(None)
    for words, code, reason in FOR_GOOD:
        if body.startswith(words):
            return RejectedForGood(f"KANNEL_{code}", reason)
    if 200 <= status < 300:  # noqa: PLR2004 - no answer that smsbox gives
        return Unknown(f"HTTP_{status}")
    return outcome_of_status(status, f"HTTP_{status}", headers)  # 503: its queue is full, say
