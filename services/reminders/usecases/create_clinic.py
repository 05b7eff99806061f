"""Makes a clinic, once for each name."""

from collections.abc import Callable, Sequence

from services.contracts.catalog import Purpose
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ClinicChanged
from services.contracts.reminders import ClinicRecord, CreateClinic
from services.reminders.domain import clinic
from services.reminders.domain.contacts import AddressReader, NotAnAddress
from services.reminders.domain.locales import is_locale
from services.reminders.domain.senders import explain, lacks
from services.reminders.domain.windows import NoSuchZone, zone_named
from services.reminders.usecases.add_sender import traits_of
from services.reminders.usecases.books import Books, Sender
from services.reminders.usecases.refusing import refuse

_LONGEST_NAME = 60  # it opens every text message


def create_clinic(
    books: Books,
    command: CreateClinic,
    *,
    reader: AddressReader,
    is_country: Callable[[str], bool],
    senders: Sequence[Sender],
    is_production: bool,
) -> ClinicRecord | Refusal:
    """`senders` are the addresses a new clinic sends from until it has its own.

    In production those must have what its country asks of them.
    """
    if known := books.clinics.named(command.name.strip()):
        return known
    if refusal := _faults(command, is_country):
        return refusal
    if is_production and (refusal := _unfit(command, senders)):
        return refusal
    try:
        phone = command.phone and reader.phone(command.phone, country=command.country)
    except NotAnAddress as fault:
        return refuse(UserErrorCode.INVALID, f"The clinic's phone: {fault}.", "phone")
    record = ClinicRecord(
        id=0,
        name=command.name.strip(),
        time_zone=command.time_zone,
        locale=command.locale,
        country=command.country,
        emergency_number=command.emergency_number or clinic.emergency_number(command.country),
        phone=phone,
        quiet_hours=clinic.QUIET_HOURS,
    )
    added = books.clinics.add(record, senders)
    books.announce(ClinicChanged(clinic_id=added.id))
    return added


def _unfit(command: CreateClinic, senders: Sequence[Sender]) -> Refusal | None:
    for one in senders:
        found = lacks(traits_of(one, command.country), Purpose.CARE)
        if found:
            message = f"The settings' sender for {one.provider} lacks: {explain(found)}"
            return refuse(UserErrorCode.INVALID, message, "country")
    return None


def _faults(command: CreateClinic, is_country: Callable[[str], bool]) -> Refusal | None:
    if not 0 < len(command.name.strip()) <= _LONGEST_NAME:
        message = f"A clinic needs a name of 1 to {_LONGEST_NAME} characters."
        return refuse(UserErrorCode.INVALID, message, "name")
    if not is_country(command.country):
        message = "Write the country as two capital letters of ISO 3166, like PT."
        return refuse(UserErrorCode.INVALID, message, "country")
    if not is_locale(command.locale):
        message = "Write the locale as a BCP 47 tag, like en or es-MX."
        return refuse(UserErrorCode.INVALID, message, "locale")
    try:
        zone_named(command.time_zone)
    except NoSuchZone:
        message = "Write the time zone as an IANA name, like Europe/Lisbon."
        return refuse(UserErrorCode.INVALID, message, "time_zone")
    return None
