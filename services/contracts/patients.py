"""What may be changed about patients, and how they are found, beyond `contracts.reminders`.

These asks go to the reminders service, on its stream, and obey its `Scope`.
"""

from datetime import datetime

from msgspec import UNSET, UnsetType

from services.contracts.ask import RemindersAsk, RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.reminders import PatientRecord, PatientReply, QuietHours, Record, Scope
from services.contracts.words import MessageDetail


class UpdatePatient(RemindersCommand[PatientReply], frozen=True, kw_only=True, omit_defaults=True):
    """What is UNSET stays; None clears.

    A new phone or email is a new contact point: what was consented to for the old one lapses,
    and what is planned waits until there is a consent for the new one.
    """

    scope: Scope
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


class ConfirmConsent(RemindersCommand[PatientReply], frozen=True, kw_only=True):
    """Grant what waits on a channel, by the code that was sent to the patient's address there."""

    scope: Scope
    patient_id: int
    channel: Channel
    code: str


class PatientPage(Record, frozen=True, kw_only=True):
    """By id, newest first. `has_more`: there are further ones."""

    items: tuple[PatientRecord, ...]
    has_more: bool


class ListPatients(RemindersAsk[PatientPage], frozen=True, kw_only=True):
    """`search`: an exact reference, phone or email; nothing else of a patient can be searched."""

    scope: Scope
    search: str | None = None
    limit: int
    after: int | None = None  # id of the last one seen
