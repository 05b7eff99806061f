"""Opt-outs: who withdraws from what, and for which clinics."""

from datetime import timedelta

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


CONFIRM_WITHIN = timedelta(minutes=5)
"""US rules allow one confirmation within five minutes, without anything promotional
(47 CFR 64.1200(a)(12))."""

_TEXTS = {
    "en": "{clinic}: You are opted out and will get no more texts from us.{call}",
    "es": "{clinic}: Queda dado de baja y ya no le enviaremos mensajes.{call}",
}
_CALLS = {"en": " Questions: call {phone}.", "es": " Consultas: llame al {phone}."}


def confirmation(*, clinic: str, phone: str | None, locale: str) -> str:
    """The confirmation of an opt-out, and nothing else, in the patient's language or in English."""
    language = locale.split("-", maxsplit=1)[0].lower()
    language = language if language in _TEXTS else "en"
    call = _CALLS[language].format(phone=phone) if phone else ""
    return _TEXTS[language].format(clinic=clinic, call=call)
