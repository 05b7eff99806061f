import msgspec

from services.contracts.catalog import Channel
from services.contracts.reminders import ConsentGiven
from services.contracts.words import ConsentState, ContactOwner, MessageDetail

Address = tuple[Channel, str]


class NewPatient(msgspec.Struct, frozen=True, kw_only=True):
    reference: str | None
    display_name: str | None
    is_adult: bool | None
    time_zone: str | None
    region: str | None
    locale: str
    channels: tuple[Channel, ...]
    detail: MessageDetail


class NewContact(msgspec.Struct, frozen=True):
    channel: Channel
    address: str
    owner: ContactOwner


class NewConsent(msgspec.Struct, frozen=True, kw_only=True):
    patient_id: int
    contact_point_id: int | None
    consent: ConsentGiven
    state: ConsentState
