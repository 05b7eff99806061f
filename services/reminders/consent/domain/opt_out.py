import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentMethod, Mode


class AddressOwner(msgspec.Struct, frozen=True, kw_only=True):
    """A patient who is reached at an address."""

    clinic_id: int
    patient_id: int
    contact_point_id: int
    mode: Mode = Mode.LIVE


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """How an opt-out was said: what goes into the consent ledger. No purpose: every purpose."""

    method: ConsentMethod
    source: str
    evidence: str
    purpose: Purpose | None = None


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who says it: an address, the clinics it says it to, and the patients there with it.

    `is_answerable` is False where the carrier lets no confirmation through.
    """

    channel: Channel
    address: str
    clinic_ids: tuple[int, ...]
    people: tuple[AddressOwner, ...]
    said: Withdrawal
    is_answerable: bool = True


class UnsubscribeTarget(msgspec.Struct, frozen=True, kw_only=True):
    """An address that something went to, and everybody at the clinics that its owner may mean."""

    person: AddressOwner
    channel: Channel
    address: str
    clinic_ids: tuple[int, ...]
    people: tuple[AddressOwner, ...]
