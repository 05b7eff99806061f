"""Finds complaints: feedback reports (RFC 5965), and the shapes of services that send none."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec

from services.bounces.addresses import address_in
from services.bounces.causes import says
from services.bounces.parts import Part, parameter
from services.bounces.readings import MailKind
from services.bounces.senders import is_answer

_KINDS: Final = {
    "abuse": MailKind.COMPLAINT,
    "fraud": MailKind.COMPLAINT,
    "spam": MailKind.COMPLAINT,
    "complaint": MailKind.COMPLAINT,
    "opt-out": MailKind.OPT_OUT,
    "opt-out-list": MailKind.OPT_OUT,
}
"""https://www.iana.org/assignments/marf-parameters. The others say nothing about the reader's will:
“not-spam”, “virus”, “auth-failure” (about DMARC), “other”."""
_TYPE: Final = re.compile(
    r"^[ \t]*Feedback-Type[ \t]*:[ \t]*([A-Za-z-]{1,40})", re.MULTILINE | re.IGNORECASE
)
_MAILBOX: Final = re.compile(
    r"^[ \t]*(?:Original-Rcpt-To|Removal-Recipient)[ \t]*:[ \t]*(.{1,300})$",
    re.MULTILINE | re.IGNORECASE,
)
_XARF: Final = re.compile(
    r"^[ \t]*[\"']?(?:Category|Report-?Type|ReportClass)[\"']?[ \t]*:[ \t]*[\"']?"
    r"(?:abuse|spam|complaint|messaging|activity)",
    re.MULTILINE | re.IGNORECASE,
)
_REPORTER_NAMES: Final = (
    "abuse", "staff", "scomp", "fbl", "feedback", "complaints?", "spam", "jmrpp?", "arf",
    "reports?", "no-?reply", "postmaster", "donotreply", "notify", "signal-spam", "tosa?",
)  # fmt: skip
_REPORTER_HOSTS: Final = ("fbl", "feedback", "arf", "reports?", "spamcop", "abusix", "email-abuse")
_REPORTERS: Final = re.compile(
    rf"\b(?:{'|'.join(_REPORTER_NAMES)})[^@\s]{{0,40}}@"
    rf"|@(?:[^@\s>]{{0,80}}\.)?(?:{'|'.join(_REPORTER_HOSTS)})\.",
    re.IGNORECASE,
)


class Complaint(msgspec.Struct, frozen=True):
    """`word` is the report's own; `address` is who complained, unless that is hidden."""

    kind: MailKind
    word: str
    address: str | None = None


def complaint_in(parts: Sequence[Part]) -> Complaint | None:
    mail = parts[0]
    own = [part for part in parts if part.depth == 0 and part is not mail]
    return _feedback(mail, own) or _from_json(own) or _of_another_shape(mail, parts)


def _feedback(mail: Part, own: Sequence[Part]) -> Complaint | None:
    is_feedback = parameter(mail.headers, "report-type").lower() == "feedback-report"
    for part in own:
        if part.content_type != "message/feedback-report" and not is_feedback:
            continue
        match = _TYPE.search(part.text)
        if match:
            word = match[1].lower()
            mailbox = _MAILBOX.search(part.text)
            kind = _KINDS.get(word, MailKind.FEEDBACK)
            return Complaint(kind, word, address_in(mailbox[1]) if mailbox else None)
    return None


def _from_json(own: Sequence[Part]) -> Complaint | None:
    """Amazon SES by way of SNS, as a mail whose text is JSON."""
    text = next((part.text.lstrip() for part in own if part.text.lstrip()[:1] == "{"), "")
    with suppress(ValueError, RecursionError, AttributeError, TypeError, LookupError):
        document, _ = json.JSONDecoder().raw_decode(text)
        complaint = document["complaint"]
        word = str(complaint.get("complaintFeedbackType") or "abuse").lower()[:40]
        address = str(complaint["complainedRecipients"][0]["emailAddress"])
        return Complaint(_KINDS.get(word, MailKind.FEEDBACK), word, address_in(address))
    return None


def _of_another_shape(mail: Part, parts: Sequence[Part]) -> Complaint | None:
    outlook = next(
        (value for part in parts if (value := part.header("X-HmXmrOriginalRecipient"))), ""
    )
    if outlook:
        return Complaint(MailKind.COMPLAINT, "abuse", address_in(outlook))
    is_xarf = bool(mail.header("X-ARF") or mail.header("X-XARF"))
    if is_xarf and any(_XARF.search(part.text) for part in parts if part.depth == 0):
        return Complaint(MailKind.COMPLAINT, "abuse")
    is_reporter = bool(_REPORTERS.search(mail.header("From"))) and not is_answer(mail)
    if is_reporter and says("complaint_subjects", mail.header("Subject")):
        return Complaint(MailKind.COMPLAINT, "abuse")
    return None
