"""Reads what a caller says about a patient, and finds everything wrong with it at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.idempotency import KEY_RULE, LONGEST_KEY
from services.contracts.reminders import ConsentGiven, RegisterPatient
from services.contracts.words import Role
from services.reminders.domain.contacts import AddressReader, NotAnAddress
from services.reminders.domain.locales import is_locale, is_region
from services.reminders.domain.windows import NoSuchZone, zone_named
from services.reminders.usecases.books import NewContact
from services.reminders.usecases.refusing import refuse

FIELDS: Final = {Channel.SMS: "phone", Channel.EMAIL: "email"}
"""Which field of the input holds a channel's address."""

_LONGEST_NAME: Final = 200


def read_contacts(
    command: RegisterPatient, country: str, reader: AddressReader
) -> tuple[tuple[NewContact, ...], list[Refusal]]:
    contacts: list[NewContact] = []
    faults: list[Refusal] = []
    for channel, text in ((Channel.SMS, command.phone), (Channel.EMAIL, command.email)):
        if text is None:
            continue
        try:
            is_phone = channel is Channel.SMS
            address = reader.phone(text, country=country) if is_phone else reader.email(text)
            contacts.append(NewContact(channel, address, command.contact_owner))
        except NotAnAddress as fault:
            message = f"Not usable: {fault}."
            faults.append(refuse(UserErrorCode.INVALID, message, FIELDS[channel]))
    return tuple(contacts), faults


def find_faults(
    command: RegisterPatient,
    contacts: Sequence[NewContact],
    now: datetime,
    is_country: Callable[[str], bool],
) -> list[Refusal]:
    return [
        *_about_person(command),
        *_about_places(command, is_country),
        *_about_channels(command, contacts),
        *_about_consents(command, contacts, now),
    ]


def key_faults(idempotency_key: str) -> Iterator[Refusal]:
    if not 0 < len(idempotency_key) <= LONGEST_KEY:
        yield refuse(UserErrorCode.INVALID, KEY_RULE, "idempotency_key")


def _about_person(command: RegisterPatient) -> Iterator[Refusal]:
    yield from key_faults(command.idempotency_key)
    if command.is_adult is False:
        message = "Aftercare messages are for adults; speak to the guardian instead."
        yield refuse(UserErrorCode.NOT_ELIGIBLE, message, "is_adult")
    if command.display_name and len(command.display_name) > _LONGEST_NAME:
        message = f"A name has at most {_LONGEST_NAME} characters."
        yield refuse(UserErrorCode.INVALID, message, "display_name")
    if command.reference is not None and not 0 < len(command.reference) <= _LONGEST_NAME:
        message = f"A reference has 1 to {_LONGEST_NAME} characters."
        yield refuse(UserErrorCode.INVALID, message, "reference")
    if command.reference is not None and command.scope.role is Role.FRONT_END:
        message = "Only staff give patients a reference."
        yield refuse(UserErrorCode.NOT_ALLOWED, message, "reference")


def _about_places(command: RegisterPatient, is_country: Callable[[str], bool]) -> Iterator[Refusal]:
    if command.time_zone is not None:
        try:
            zone_named(command.time_zone)
        except NoSuchZone:
            message = "Write the time zone as an IANA name, like Europe/Lisbon."
            yield refuse(UserErrorCode.INVALID, message, "time_zone")
    if command.region is not None and not is_region(command.region, is_country):
        message = "Write the region as an ISO 3166-2 code of a country there is, like US-TX."
        yield refuse(UserErrorCode.INVALID, message, "region")
    if command.locale is not None and not is_locale(command.locale):
        message = "Write the locale as a BCP 47 tag, like en or es-MX."
        yield refuse(UserErrorCode.INVALID, message, "locale")


def _about_channels(command: RegisterPatient, contacts: Sequence[NewContact]) -> Iterator[Refusal]:
    for channel in dict.fromkeys(command.channels or ()):
        if channel not in FIELDS:
            message = f"Reminders go out by {' and '.join(FIELDS)} only."
            yield refuse(UserErrorCode.INVALID, message, "channels")
        elif not _is_among(channel, contacts, command):
            message = f"{channel} is wanted, so give an address for it."
            yield refuse(UserErrorCode.REQUIRED, message, FIELDS[channel])


def _about_consents(
    command: RegisterPatient, contacts: Sequence[NewContact], now: datetime
) -> Iterator[Refusal]:
    for number, consent in enumerate(command.consents):
        path = ("consents", str(number))
        if consent.channel not in FIELDS or not _is_among(consent.channel, contacts, command):
            message = "A consent is for an address: give one for its channel."
            yield refuse(UserErrorCode.REQUIRED, message, *path, "channel")
        yield from consent_faults(consent, now, path)


def consent_faults(consent: ConsentGiven, now: datetime, path: Iterable[str]) -> Iterator[Refusal]:
    if not consent.source.strip():
        message = "Say where the consent was given, such as a form's name."
        yield refuse(UserErrorCode.REQUIRED, message, *path, "source")
    obtained_at = consent.obtained_at
    if obtained_at is not None and (obtained_at.tzinfo is None or obtained_at > now):
        message = "Give the time of the consent with an offset, and not in the future."
        yield refuse(UserErrorCode.INVALID, message, *path, "obtained_at")


def _is_among(channel: Channel, contacts: Sequence[NewContact], command: RegisterPatient) -> bool:
    """Whether there is an address; one that could not be read was complained about already."""
    stated = {Channel.SMS: command.phone, Channel.EMAIL: command.email}.get(channel)
    return stated is not None or any(contact.channel is channel for contact in contacts)
