"""Turns mails about our emails into receipts: bounces, complaints and notes of absence.

Anybody can send such a mail. It counts only if a signed token in it names one of our emails, which
only those who handled the email know.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from services.bounces.reader import read_mail
from services.bounces.readings import MailKind, MailReading
from services.contracts.incoming import RecordReceipt
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.callbacks import LONGEST_WORD
from services.gateway.http.webhooks.mail_tokens import Attempt

PROVIDER: Final = "smtp"

_WORDS: Final = {MailKind.AUTO_REPLY: "auto-reply", MailKind.UNREADABLE: "unreadable"}
_STATES: Final = {
    MailKind.HARD_BOUNCE: ReceiptState.UNDELIVERED,
    MailKind.SOFT_BOUNCE: ReceiptState.UNDELIVERED,
    MailKind.BLOCKED: ReceiptState.UNDELIVERED,
    MailKind.DELIVERED: ReceiptState.DELIVERED,
    MailKind.RELAYED: ReceiptState.ACCEPTED,
}
"""Any other kind leaves the receipt pending."""
FAULTS: Final = {
    MailKind.HARD_BOUNCE: AddressFault.HARD_BOUNCE,
    MailKind.SOFT_BOUNCE: AddressFault.SOFT_BOUNCE,
    MailKind.COMPLAINT: AddressFault.COMPLAINT,
    MailKind.OPT_OUT: AddressFault.OPT_OUT,
}
"""What the other kinds say is nobody's address's fault."""


class NotAReport(ValueError):
    """The email is not about an email of ours, or a person wrote it."""


class ReportedStatus(msgspec.Struct, frozen=True):
    """The status that a report gives one email; `word` is the report's own term for it."""

    state: ReceiptState
    word: str
    code: str | None = None
    about_address: AddressFault | None = None


class Report(msgspec.Struct, frozen=True):
    """A delivery report and the attempt it refers to."""

    clinic_id: int
    attempt_id: int
    status: ReportedStatus

    def receipt(self, now: datetime) -> RecordReceipt:
        return RecordReceipt(
            provider=PROVIDER,
            clinic_id=self.clinic_id,
            attempt_id=self.attempt_id,
            state=self.status.state,
            provider_state=self.status.word,
            code=self.status.code,
            about_address=self.status.about_address,
            received_at=now,
        )


def read_report(raw: bytes, find: Callable[[str], Attempt | None]) -> Report | None:
    """Return the report, or None if it is about an email that is not ours. Raises NotAReport.

    What names an email of ours is never refused for being unreadable.
    """
    reading = read_mail(raw, find)
    is_refused = reading.kind is MailKind.UNREADABLE and reading.claims is None
    if is_refused or reading.kind is MailKind.REPLY:
        raise NotAReport
    if reading.claims is None:
        return None
    return Report(*reading.claims, _status(reading))


def read_status(raw: bytes) -> ReportedStatus:
    """Return what a report says, whatever email it is about. Raises NotAReport."""
    reading = read_mail(raw, _no_attempt)
    if reading.kind in (MailKind.UNREADABLE, MailKind.REPLY):
        raise NotAReport
    return _status(reading)


def _no_attempt(_: str) -> Attempt | None:
    return None


def _status(reading: MailReading[Attempt]) -> ReportedStatus:
    word = reading.word or _WORDS.get(reading.kind, reading.kind.lower())
    return ReportedStatus(
        state=_STATES.get(reading.kind, ReceiptState.PENDING),
        word=word[:LONGEST_WORD],
        code=reading.code,
        about_address=FAULTS.get(reading.kind),
    )
