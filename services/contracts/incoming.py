"""What the gateway receives from providers and passes to the reminders service."""

from datetime import datetime
from typing import ClassVar

from services.contracts.ask import RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.words import AddressFault, ReceiptState, ReplyKeyword


class RecordReceipt(RemindersCommand[bool], frozen=True, kw_only=True):
    """Record an authenticated status callback. The answer is False if no attempt matches.

    The attempt is given by our own id (from the callback's address), or by the provider's
    reference.
    """

    timeout_seconds: ClassVar[float] = 3.0
    provider: str
    clinic_id: int | None = None
    attempt_id: int | None = None
    provider_reference: str | None = None
    state: ReceiptState
    provider_state: str  # the provider's own word
    code: str | None = None
    about_address: AddressFault | None = None
    received_at: datetime


class RecordUnreadMail(RemindersCommand[bool], frozen=True, kw_only=True):
    """Keep a mail that came back to a return path and cannot be read as a report.

    Staff get a task to read it. `text` is what a person can read of it. The answer is False if no
    attempt matches, or the mail was kept before.
    """

    timeout_seconds: ClassVar[float] = 3.0
    provider: str
    clinic_id: int
    attempt_id: int
    their_address: str
    text: str
    provider_message_id: str
    received_at: datetime


class RecordInbound(RemindersCommand[bool], frozen=True, kw_only=True):
    """Record an authenticated text from a person. The answer is False for a repetition.

    `account` is the clinic's own account with the provider, or None for that of the settings.
    `media` counts pictures and the like. With `is_answered`, the provider has confirmed an opt-out
    itself and lets no confirmation of ours through. `keyword` is what the provider took the text
    for, whatever its words.
    """

    timeout_seconds: ClassVar[float] = 3.0
    provider: str
    channel: Channel
    our_address: str
    account: str | None = None
    their_address: str
    text: str
    provider_message_id: str
    media: int = 0
    is_answered: bool = False
    keyword: ReplyKeyword | None = None
    received_at: datetime
