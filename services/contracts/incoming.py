"""What comes from outside, as the gateway hands it to the reminders service."""

from datetime import datetime
from typing import ClassVar

from services.contracts.ask import RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.words import AddressFault, ReceiptState


class RecordReceipt(RemindersCommand[bool], frozen=True, kw_only=True):
    """A status callback, already authenticated; False when no attempt of ours is meant.

    The attempt is named by our own id (from the callback's address), else by the
    provider's reference.
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


class RecordInbound(RemindersCommand[bool], frozen=True, kw_only=True):
    """A text a person sent us, already authenticated; False when it was recorded before.

    `account` is the clinic's own with the provider that it came by, None for the settings' one.
    `media` counts pictures and the like. `is_answered`: the carrier has confirmed an opt-out
    itself, and lets no confirmation of ours through.
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
    received_at: datetime
