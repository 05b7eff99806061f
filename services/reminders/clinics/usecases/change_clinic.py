"""Changes the settings of a clinic, all of them or none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import msgspec
from msgspec import UNSET

from services.contracts.clinics import ChangeClinic
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.events import ClinicChanged
from services.contracts.reminders import ClinicRecord
from services.reminders.addresses.reader import NotAnAddress, is_country, read_phone_in
from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork
from services.reminders.core import clinic
from services.reminders.core.clinic import overlapping
from services.reminders.core.windows import has_opening

_EMERGENCY_NUMBER: Final = re.compile(r"[0-9]{2,6}")
_LONGEST_TEXT: Final = 300
_LONGEST_CLOSURE: Final = timedelta(days=366)
_MOST: Final = 100  # spans of a week, closures, countries


def change_clinic(uow: ClinicsUnitOfWork, command: ChangeClinic) -> ClinicRecord | Refusal:
    current = uow.clinics.lock(command.clinic_id)
    if current is None:
        return not_found("clinic")
    faults = (
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
    if "phone" in values:
        values["phone"] = phone
    if values.get("emergency_number", "") is None:
        values["emergency_number"] = clinic.emergency_number(current.country)
    if values.get("quiet_hours", "") is None:
        values["quiet_hours"] = clinic.QUIET_HOURS
    return msgspec.structs.replace(current, **values)


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
    elif (overlap := overlapping(hours)) is not None:
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
