"""By what a mail service names our mails in its events, beside their Message-ID."""

import re

_LONGEST = 200
_NAMED = re.compile(
    r"(?:\bas |\bid[ =:]\s*|^(?:2[\d.]* )?ok:? (?:id=)?|<)<?([^\s<>,;]*\d[^\s<>,;]*)", re.IGNORECASE
)
_STATUS = re.compile(r"2\.\d{1,3}\.\d{1,3}")
_HAS_DIGIT = re.compile(r"\d")

_POSTMARK = "postmarkapp.com"
_ID = re.compile(r"<([A-Za-z0-9_.-]{1,80})@[^<>\s]+>")


def reference_in(answer: str) -> str | None:
    """Find the id that a server gave a mail in its answer, such as “Ok: queued as ID”.

    Amazon's service replaces the Message-ID, and its events name the mail by this id. Returns None
    if the answer has none, like “Great success”: a plain word would be the id of all mails.
    """
    text = _STATUS.sub(" ", answer).strip()
    match = _NAMED.search(text)
    words = [match[1]] if match else [word for word in text.split() if _HAS_DIGIT.search(word)]
    return words[-1][:_LONGEST] if words else None


def tracking_header(host: str, message_id: str | None) -> bytes:
    """Return the header by which events of Postmark name a mail; empty for other servers.

    Postmark replaces the Message-ID. It returns such a header of at most 80 characters as
    `Metadata`, and removes it from the mail.
    """
    match = _ID.fullmatch(message_id or "")
    if match is None or not host.lower().endswith(_POSTMARK):
        return b""
    return f"X-PM-Metadata-message: {match[1]}\r\n".encode()
