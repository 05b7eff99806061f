"""What a mail server's answers mean (RFC 5321 §4.2, enhanced codes of RFC 3463 and its registry).

What was refused matters as much as the code. A refused patient's address is the patient's. A
refused login is our account's, a refused sender is that sender's, and an operator mends either
while the mail is still of use. Only what says nothing about this mail is the server's own fault.
"""

import re
from enum import StrEnum

from services.bounces.readings import MailKind
from services.bounces.verdicts import judge_answer
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

LOGIN = frozenset({"7.8", "7.9"})
"""Our login is not in order."""

SENDER = frozenset({"1.7", "1.8", "7.20", "7.23", "7.25", "7.26", "7.27", "7.515"})
"""Our sender, or what its domain publishes (SPF, DKIM, DMARC), is not in order."""

BUSY = frozenset({"7.0", "7.1", "4.5"})
"""Before a patient is named, a 4 with one of these asks everybody to slow down."""

_SYSTEM = "3."
"""The subject of what is wrong with the server as a whole."""

_OVER_QUOTA = 552
_CLOSING = 421
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
_BEFORE_THE_MAIL = frozenset({Stage.CONNECTION, Stage.LOGIN})


def refusal(stage: Stage, code: int, text: str) -> Outcome:
    """Translate an answer that refused the message (RFC 5321: 4yz and 5yz)."""
    if code < 400:  # noqa: PLR2004 - neither taken nor refused in any way the RFC knows
        return Unknown(f"SMTP_{code}")
    status = _ENHANCED.search(text)
    detail = f"{status[2]}.{status[3]}" if status else ""
    name = f"SMTP_{code}" + (f"_{status[0]}" if status else "")
    if failure := _failure(stage, code, detail):
        return RejectedForNow(name, failure=failure)
    if code < 500 or code == _OVER_QUOTA or detail in SOFT:  # noqa: PLR2004 - 4yz is for now
        return RejectedForNow(name)
    is_gone = detail in BAD_ADDRESS and _names_no_other_cause(f"{code} {text}")
    return RejectedForGood(name, SuppressionReason.BOUNCE if is_gone else None)


def _names_no_other_cause(answer: str) -> bool:
    """Servers write “5.1.1” of a listed sender and “5.2.1” of a rate too: their words count."""
    return judge_answer(answer).kind is MailKind.HARD_BOUNCE


def _failure(stage: Stage, code: int, detail: str) -> Failure | None:
    """Whose fault a refusal is, other than this recipient's or this content's."""
    if code < 500:  # noqa: PLR2004 - 4yz passes by itself
        return _passing_failure(stage, code, detail)
    if code in _LOGIN_WANTED or stage in _BEFORE_THE_MAIL or detail in LOGIN:
        return Failure.NOT_ALLOWED
    if stage is Stage.SENDER or detail in SENDER:
        return Failure.SENDER
    return None


def _passing_failure(stage: Stage, code: int, detail: str) -> Failure | None:
    """A 421 with a detail about the mailbox, the content or a policy is about this mail alone."""
    is_about_the_server = not detail or detail.startswith(_SYSTEM)
    if stage in _BEFORE_THE_MAIL or (code == _CLOSING and is_about_the_server):
        return Failure.UNAVAILABLE
    if stage is not Stage.SENDER:
        return None
    if code == _CLOSING or detail.startswith(_SYSTEM):
        return Failure.UNAVAILABLE
    return Failure.BUSY if detail in BUSY else None
