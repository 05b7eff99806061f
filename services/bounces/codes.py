"""SMTP reply codes and enhanced status codes, found in texts and rated.

Codes: https://www.iana.org/assignments/smtp-enhanced-status-codes
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

_ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY: Final = re.compile(
    r"(?<![\d.:/#\[-])([245]\d\d)(?=[- ,;:)\]'\"]|$)"
    r"(?!\s*(?:bytes|days|hours|seconds|minutes|KB|MB)\b)"
)

PERMANENT: Final = "5"
TEMPORARY: Final = "4"
SUCCESS: Final = "2"

_NO_MAILBOX: Final = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
"""Not X.1.0 and X.4.1, which servers use for anything, nor X.4.4, which is about name servers."""
_ABOUT_THE_MAIL: Final = ("1.7", "1.8", "3.4", "5.", "6.", "7.")
"""X.1.7 and X.1.8 are about the sender, X.3.4 is the size, X.5 the protocol, X.6 the content and
X.7 a policy."""

_GENERAL: Final = frozenset({"", "0.0", "0.350", "1.0", "2.0", "3.0", "4.0", "5.0", "7.0", "7.1"})
"""Exchange Online puts X.0.350 in front of whatever another server said."""


class Code(msgspec.Struct, frozen=True):
    """`enhanced` and `reply` are as they stand in the text, or empty."""

    enhanced: str = ""
    reply: str = ""

    @property
    def level(self) -> str:
        """“5” if it is for good, “4” if it is for now, “2” for success, or empty.

        Where the two contradict each other, it is for now.
        """
        levels = {self.enhanced[:1], self.reply[:1]} - {""}
        return TEMPORARY if TEMPORARY in levels else min(levels, default="")

    @property
    def subject(self) -> str:
        """The enhanced code without its first digit."""
        return self.enhanced.partition(".")[2]

    @property
    def says_no_mailbox(self) -> bool:
        return self.level == PERMANENT and self.subject in _NO_MAILBOX

    @property
    def is_about_the_mail(self) -> bool:
        return f"{self.subject}.".startswith(
            tuple(f"{code.rstrip('.')}." for code in _ABOUT_THE_MAIL)
        )

    @property
    def is_general(self) -> bool:
        """Whether a mail server says no more by it than that it failed."""
        return self.subject in _GENERAL

    @property
    def text(self) -> str | None:
        return self.enhanced or self.reply or None


def code_in(text: str) -> Code:
    """Return the code that decides: the last enhanced one that says something.

    Relays put their own code in front of what the last server said: “5.1.0 - Unknown address error
    550-'5.2.2 Mailbox Full'”.
    """
    enhanced = [match for match in _ENHANCED.finditer(text) if match[1] != "2"]
    if not enhanced:
        return Code(reply=next(iter(_replies(text)), ""))
    specific = [match for match in enhanced if not match[0].endswith((".0.0", ".1.0"))]
    chosen = (specific or enhanced)[-1]
    before = _reply_before(text[: chosen.start()])
    return Code(chosen[0], before or next(iter(_replies(text)), ""))


def _replies(text: str) -> Iterator[str]:
    return (match[1] for match in _REPLY.finditer(text) if match[1][0] != "2")


def _reply_before(text: str) -> str:
    """The reply code that an enhanced code belongs to: “550-5.1.1”, “550 #5.1.1”."""
    match = re.search(r"(?<![\d.])([45]\d\d)[- '#]{1,3}$", text[-8:])
    return match[1] if match else ""


def code_of(status: str) -> Code:
    """Read a Status field."""
    match = _ENHANCED.search(status)
    return Code(match[0]) if match else Code()


def status_comment(status: str) -> str:
    """The words in parentheses: “5.0.0 (recipient reached disk quota)”."""
    return status.partition("(")[2].rstrip(") ")
