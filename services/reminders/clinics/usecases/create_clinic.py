"""Creates clinics, whose names are unique."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from services.contracts.catalog import Purpose
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.events import ClinicChanged
from services.contracts.reminders import ClinicRecord, CreateClinic, KeptClinic
from services.reminders.addresses.reader import NotAnAddress, is_country, read_phone_in
from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork
from services.reminders.core import clinic
from services.reminders.core.locales import is_locale
from services.reminders.core.senders import Sender, explain, lacks, traits_of
from services.reminders.core.windows import NoSuchZone, place_named

_LONGEST_NAME: Final = 60  # every text message begins with it
_BREAKS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, surrogates, and separators of lines and paragraphs."""
_EMERGENCY_NUMBER: Final = re.compile(r"[0-9]{2,6}")


def create_clinic(
    uow: ClinicsUnitOfWork,
    command: CreateClinic,
    *,
    senders: Sequence[Sender],
    is_production: bool,
) -> ClinicRecord | KeptClinic | Refusal:
    """Create a clinic that sends from `senders` until it has its own.

    In production they must meet the rules of its country. Repeating the command returns the clinic.
    """
    if refusal := _faults(command):
        return refusal
    if is_production and (refusal := _sender_fault(command, senders)):
        return refusal
    try:
        phone = None if command.phone is None else read_phone_in(command.country, command.phone)
    except NotAnAddress as fault:
        return refuse(UserErrorCode.INVALID, f"The clinic's phone: {fault}.", "phone")
    record = _record(command, phone)
    if existing := uow.clinics.by_name(record.name):
        differing = _differing(command, record, existing)
        return KeptClinic(clinic=existing, differing=differing) if differing else existing
    added = uow.clinics.add(record, senders)
    uow.announce(ClinicChanged(clinic_id=added.id))
    return added


def _record(command: CreateClinic, phone: str | None) -> ClinicRecord:
    return ClinicRecord(
        id=0,
        name=command.name.strip(),
        time_zone=command.time_zone,
        locale=command.locale,
        country=command.country,
        emergency_number=command.emergency_number or clinic.emergency_number(command.country),
        phone=phone,
        quiet_hours=clinic.QUIET_HOURS,
    )


def _differing(
    command: CreateClinic, wanted: ClinicRecord, existing: ClinicRecord
) -> tuple[str, ...]:
    """The fields of the command that the existing clinic does not match."""
    names = ["time_zone", "locale", "country"]
    names += [name for name in ("phone", "emergency_number") if getattr(command, name) is not None]
    return tuple(name for name in names if getattr(wanted, name) != getattr(existing, name))


def _sender_fault(command: CreateClinic, senders: Sequence[Sender]) -> Refusal | None:
    for sender in senders:
        lacking = lacks(traits_of(sender, command.country), Purpose.CARE)
        if lacking:
            message = f"The settings' sender for {sender.provider} lacks: {explain(lacking)}"
            return refuse(UserErrorCode.INVALID, message, "country")
    return None


def _faults(command: CreateClinic) -> Refusal | None:
    if not _is_name(command.name.strip()):
        message = f"A clinic needs a name of 1 to {_LONGEST_NAME} characters, on one line."
        return refuse(UserErrorCode.INVALID, message, "name")
    if not is_country(command.country):
        message = "Write the country as two capital letters of ISO 3166, like PT."
        return refuse(UserErrorCode.INVALID, message, "country")
    if not is_locale(command.locale):
        message = "Write the locale as a BCP 47 tag, like en or es-MX."
        return refuse(UserErrorCode.INVALID, message, "locale")
    try:
        place_named(command.time_zone)
    except NoSuchZone:
        message = "Write the time zone as an IANA name, like Europe/Lisbon."
        return refuse(UserErrorCode.INVALID, message, "time_zone")
    number = command.emergency_number
    if number is not None and not _EMERGENCY_NUMBER.fullmatch(number):
        message = "An emergency number has 2 to 6 digits and nothing else, like 112."
        return refuse(UserErrorCode.INVALID, message, "emergency_number")
    return None


def _is_name(text: str) -> bool:
    is_plain = all(unicodedata.category(character) not in _BREAKS for character in text)
    return is_plain and 0 < len(text) <= _LONGEST_NAME
