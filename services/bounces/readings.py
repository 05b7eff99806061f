"""What a mail that came back says."""

from enum import StrEnum
from typing import Final, Generic, TypeVar

import msgspec

T = TypeVar("T")

LONGEST_TEXT: Final = 300
"""Characters of the sentence that decided."""


class MailKind(StrEnum):
    HARD_BOUNCE = "HARD_BOUNCE"  # no such mailbox, for good
    SOFT_BOUNCE = "SOFT_BOUNCE"  # full, out of reach or unexplained: it may work another day
    BLOCKED = "BLOCKED"  # about our server, the sender, the content or a policy, not the address
    DELAYED = "DELAYED"  # a server is still trying
    DELIVERED = "DELIVERED"
    RELAYED = "RELAYED"  # passed to a server that reports nothing
    COMPLAINT = "COMPLAINT"  # its reader reported it as spam
    OPT_OUT = "OPT_OUT"  # its reader asked the mailbox provider to end such mail
    FEEDBACK = "FEEDBACK"  # any other report of a mailbox provider, such as “not spam”
    AUTO_REPLY = "AUTO_REPLY"  # absence notes, read receipts, challenges
    REPLY = "REPLY"  # a person wrote it
    UNREADABLE = "UNREADABLE"


class Verdict(msgspec.Struct, frozen=True):
    """`code` is an enhanced status code (RFC 3463), or an SMTP reply code, if one was given.

    `text` is the sentence that decided; it may hold an address.
    """

    kind: MailKind
    code: str | None = None
    text: str = ""


class MailReading(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A mail, read. `claims` is what the caller's finder read in our token.

    `address` is the one that the verdict is about. `message_id` is that of the mail which is
    reported or answered. `word` is the report's own term, such as “failed” or “abuse”.
    """

    kind: MailKind
    code: str | None = None
    text: str = ""
    word: str = ""
    address: str | None = None
    message_id: str | None = None
    claims: T | None = None
