"""What a mail server's answers mean (RFC 5321 §4.2, enhanced codes of RFC 3463)."""

import re

from services.contracts.words import SuppressionReason
from services.reminders.domain.outgoing import Outcome, RejectedForGood, RejectedForNow, Unknown

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")

BAD_ADDRESS = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
"""Enhanced subjects and details that name the mailbox itself: unknown, moved, or switched off."""

SOFT = frozenset({"2.2", "3.1", "4.1", "4.2", "4.5"})
"""Said with a 5 by some servers, yet passing: mailbox full, system full, network congestion."""

_OVER_QUOTA = 552


def refusal(code: int, text: str) -> Outcome:
    """Understand an answer that did not take the message (RFC 5321: 4yz and 5yz)."""
    if code < 400:  # noqa: PLR2004 - neither taken nor refused in any way the RFC knows
        return Unknown(f"SMTP_{code}")
    found = _ENHANCED.search(text)
    detail = f"{found[2]}.{found[3]}" if found else ""
    name = f"SMTP_{code}" + (f"_{found[0]}" if found else "")
    if code < 500 or code == _OVER_QUOTA or detail in SOFT:  # noqa: PLR2004 - 4xx is for now
        return RejectedForNow(name)
    return RejectedForGood(name, SuppressionReason.BOUNCE if detail in BAD_ADDRESS else None)
