"""Opt-outs: who withdraws from what, and for which clinics."""

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentMethod, Mode


class AddressOwner(msgspec.Struct, frozen=True, kw_only=True):
    """A patient who has an address."""

    clinic_id: int
    patient_id: int
    contact_point_id: int
    mode: Mode = Mode.LIVE


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """How consent was withdrawn, for the consent ledger. Without a purpose: for every purpose."""

    method: ConsentMethod
    source: str
    evidence: str
    purpose: Purpose | None = None


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """An opt-out of an address from some clinics, and the patients there who have the address.

    `can_confirm` is False if the provider blocks a confirmation.
    """

    channel: Channel
    address: str
    clinic_ids: tuple[int, ...]
    owners: tuple[AddressOwner, ...]
    withdrawal: Withdrawal
    can_confirm: bool = True


class ContactedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address that was written to, and its owners at every clinic that shares the sender."""

    owner: AddressOwner
    channel: Channel
    address: str
    clinic_ids: tuple[int, ...]
    owners: tuple[AddressOwner, ...]
