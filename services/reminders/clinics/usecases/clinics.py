"""Creates, changes and reads clinics, whose names are unique."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec
from msgspec import UNSET

from services.contracts.catalog import Purpose
from services.contracts.clinics import ChangeClinic
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.events import ClinicChanged
from services.contracts.reminders import (
    ClinicRecord,
    CreateClinic,
    GetClinics,
    KeptClinic,
    ListClinics,
)
from services.contracts.sms.names import LONGEST_NAME, plain
from services.contracts.visible_text import visible_line
from services.reminders.addresses.phone_numbers import NotAnAddress, is_country, read_phone_in
from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork
from services.reminders.core import clinic
from services.reminders.core.locales import is_locale
from services.reminders.core.senders import Sender, explain, lacks, traits_of
from services.reminders.core.windows import NoSuchZone, has_opening, place_named

_BREAKS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, surrogates, and separators of lines and paragraphs."""
_EMERGENCY_NUMBER: Final = re.compile(r"[0-9]{2,6}")
_LONGEST_TEXT: Final = 300
_LONGEST_CLOSURE: Final = timedelta(days=366)
_MOST: Final = 100  # spans of a week, closures, countries


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
        name=visible_line(command.name),
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
    if not _is_name(command.name):
        message = f"A clinic needs a name of 1 to {LONGEST_NAME} characters, on one line."
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
    return is_plain and 0 < len(visible_line(text)) <= LONGEST_NAME


def change_clinic(uow: ClinicsUnitOfWork, command: ChangeClinic) -> ClinicRecord | Refusal:
    current = uow.clinics.lock(command.clinic_id)
    if current is None:
        return not_found("clinic")
    faults = (
        *_name_faults(command),
        *_number_faults(command),
        *_hours_faults(command),
        *_closure_faults(command),
        *_country_faults(command),
    )
    if faults:
        return faults[0]
    try:
        phone = command.phone and read_phone_in(current.country, command.phone)
    except NotAnAddress as fault:
        return refuse(UserErrorCode.INVALID, f"The clinic's phone: {fault}.", "phone")
    changed = _changed(current, command, phone or None)
    uow.clinics.change(changed)
    uow.announce(ClinicChanged(clinic_id=current.id))
    return changed


def _changed(current: ClinicRecord, command: ChangeClinic, phone: str | None) -> ClinicRecord:
    values = {
        name: value
        for name, value in msgspec.structs.asdict(command).items()
        if value is not UNSET and name != "clinic_id"
    }
    if isinstance(command.sms_name, str):
        values["sms_name"] = plain(visible_line(command.sms_name))
    if "phone" in values:
        values["phone"] = phone
    if values.get("emergency_number", "") is None:
        values["emergency_number"] = clinic.emergency_number(current.country)
    if values.get("quiet_hours", "") is None:
        values["quiet_hours"] = clinic.QUIET_HOURS
    return msgspec.structs.replace(current, **values)


def _name_faults(command: ChangeClinic) -> Iterator[Refusal]:
    name = command.sms_name
    if isinstance(name, str) and not _is_name(name):
        message = f"A name for texts has 1 to {LONGEST_NAME} characters, on one line."
        yield refuse(UserErrorCode.INVALID, message, "sms_name")


def _number_faults(command: ChangeClinic) -> Iterator[Refusal]:
    number, text = command.emergency_number, command.out_of_hours
    if isinstance(number, str) and not _EMERGENCY_NUMBER.fullmatch(number):
        message = "An emergency number has 2 to 6 digits and nothing else, like 112."
        yield refuse(UserErrorCode.INVALID, message, "emergency_number")
    if isinstance(text, str) and not (0 < len(text) <= _LONGEST_TEXT and text.isprintable()):
        message = f"Say what to do out of hours in 1 to {_LONGEST_TEXT} characters, on one line."
        yield refuse(UserErrorCode.INVALID, message, "out_of_hours")


def _hours_faults(command: ChangeClinic) -> Iterator[Refusal]:
    quiet, hours = command.quiet_hours, command.opening_hours
    if quiet is not UNSET and quiet is not None and not has_opening(quiet):
        message = "These quiet hours leave no time between 08:00 and 21:00 to send anything."
        yield refuse(UserErrorCode.INVALID, message, "quiet_hours")
    if hours is UNSET:
        return
    if len(hours) > _MOST:
        yield refuse(UserErrorCode.INVALID, f"At most {_MOST} spans.", "opening_hours")
    elif (overlap := clinic.overlapping(hours)) is not None:
        message = f"Two spans overlap on {overlap.day.capitalize()} at {overlap.opens:%H:%M}."
        yield refuse(UserErrorCode.INVALID, message, "opening_hours")


def _closure_faults(command: ChangeClinic) -> Iterator[Refusal]:
    closures = () if command.closures is UNSET else command.closures
    if len(closures) > _MOST:
        yield refuse(UserErrorCode.INVALID, f"At most {_MOST} closures.", "closures")
    for closure in closures:
        if not timedelta(0) <= closure.last_day - closure.first_day < _LONGEST_CLOSURE:
            message = "A closure ends on its first day or later, within a year."
            yield refuse(UserErrorCode.INVALID, message, "closures")
        elif closure.note and not (
            len(closure.note) <= _LONGEST_TEXT and closure.note.isprintable()
        ):
            message = f"A note has at most {_LONGEST_TEXT} characters, on one line."
            yield refuse(UserErrorCode.INVALID, message, "closures")


def _country_faults(command: ChangeClinic) -> Iterator[Refusal]:
    if command.countries is UNSET:
        return
    if len(command.countries) > _MOST or not all(map(is_country, command.countries)):
        message = "Write countries as two capital letters of ISO 3166 each, like PT."
        yield refuse(UserErrorCode.INVALID, message, "countries")


def get_clinics(
    uow: ClinicsUnitOfWork, asks: Sequence[GetClinics]
) -> list[tuple[ClinicRecord | None, ...]]:
    """Returns the clinics of each ask in the order of its ids, with None for unknown ids."""
    clinics = uow.clinics.get({clinic_id for ask in asks for clinic_id in ask.ids})
    return [tuple(clinics.get(clinic_id) for clinic_id in ask.ids) for ask in asks]


def list_clinics(
    uow: ClinicsUnitOfWork, asks: Sequence[ListClinics]
) -> list[tuple[ClinicRecord, ...]]:
    clinics = tuple(uow.clinics.all())
    return [clinics for _ in asks]
