"""Changes to patients, and searches for them, beyond `contracts.reminders`.

The reminders service answers these asks within their `Scope`.
"""

from datetime import datetime

from msgspec import UNSET, UnsetType

from services.contracts.catalog import Channel
from services.contracts.reminders import (
    PatientRecord,
    PatientReply,
    QuietHours,
    Record,
    ScopedAsk,
    ScopedCommand,
)
from services.contracts.words import MessageDetail


class UpdatePatient(ScopedCommand[PatientReply], frozen=True, kw_only=True, omit_defaults=True):
    """Change fields of a patient. UNSET fields stay, and None clears one.

    A new phone or email is a new contact point. The consent for the old one ends, and planned
    reminders wait for a consent for the new one.
    """

    patient_id: int
    reference: str | UnsetType | None = UNSET
    display_name: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    is_adult: bool | UnsetType | None = UNSET
    time_zone: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET
    channels: tuple[Channel, ...] | UnsetType | None = UNSET
    detail: MessageDetail | UnsetType | None = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    paused_until: datetime | UnsetType | None = UNSET


class ConfirmConsent(ScopedCommand[PatientReply], frozen=True, kw_only=True):
    """Grant the pending consents of a channel by the code that was sent to the address."""

    patient_id: int
    channel: Channel
    code: str


class PatientPage(Record, frozen=True, kw_only=True):
    """Ordered by id, newest first. `has_more` says that there are more."""

    items: tuple[PatientRecord, ...]
    has_more: bool


class ListPatients(ScopedAsk[PatientPage], frozen=True, kw_only=True):
    """List patients. `search` is an exact reference, phone or email; nothing else is searchable."""

    search: str | None = None
    limit: int
    after: int | None = None  # id of the last one seen
