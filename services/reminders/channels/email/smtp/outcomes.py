"""What a mail server's answers mean (RFC 5321 §4.2, enhanced codes of RFC 3463 and its registry).

What was refused matters as much as the code: a refused patient's address is the patient's, a
refused login or sender is ours, and an operator mends it while the mail is still of use.
"""

import re
from enum import StrEnum

from services.contracts.words import SuppressionReason
from services.reminders.delivery.domain.outgoing import (
    Failure,
    Outcome,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Stage(StrEnum):
    """The stage of a session at which it was refused."""

    CONNECTION = "CONNECTION"
    LOGIN = "LOGIN"
    SENDER = "SENDER"
    RECIPIENT = "RECIPIENT"
    CONTENT = "CONTENT"


BAD_ADDRESS = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
"""Enhanced subjects and details that name the mailbox itself: unknown, moved, or switched off."""

SOFT = frozenset({"2.2", "3.1", "3.2", "4.1", "4.2", "4.3", "4.4", "4.5", "4.7"})
"""Some servers answer these with a 5, but they pass: mailbox full, system full, network trouble."""

OURS = frozenset({"1.7", "1.8", "7.8", "7.9", "7.20", "7.23", "7.25", "7.26", "7.27", "7.515"})
"""Our sender, login, or what the domain publishes about it (SPF, DKIM, DMARC) is not in order."""

_OVER_QUOTA = 552
_LOGIN_WANTED = frozenset({530, 534, 535, 538})


def refusal(stage: Stage, code: int, text: str) -> Outcome:
    """Translate an answer that refused the message (RFC 5321: 4yz and 5yz)."""
    if code < 400:  # noqa: PLR2004 - neither taken nor refused in any way the RFC knows
        return Unknown(f"SMTP_{code}")
    status = _ENHANCED.search(text)
    detail = f"{status[2]}.{status[3]}" if status else ""
    name = f"SMTP_{code}" + (f"_{status[0]}" if status else "")
    if _is_ours(stage, code, detail):
        return RejectedForNow(name, failure=Failure.NOT_ALLOWED)
    if code == 421 or (stage is Stage.CONNECTION and code < 500):  # noqa: PLR2004 - shutting down
        return RejectedForNow(name, failure=Failure.UNAVAILABLE)
    if code < 500 or code == _OVER_QUOTA or detail in SOFT:  # noqa: PLR2004 - 4yz is for now
        return RejectedForNow(name)
    return RejectedForGood(name, SuppressionReason.BOUNCE if detail in BAD_ADDRESS else None)


def _is_ours(stage: Stage, code: int, detail: str) -> bool:
    if code < 500:  # noqa: PLR2004 - 4yz passes by itself
        return False
    is_before_the_patient = stage in (Stage.CONNECTION, Stage.LOGIN, Stage.SENDER)
    return is_before_the_patient or code in _LOGIN_WANTED or detail in OURS
