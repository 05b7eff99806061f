"""Reads a caller's input about a patient, and finds everything wrong with it at once."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.patients import UpdatePatient
from services.contracts.reminders import KEY_RULE, LONGEST_KEY, ConsentGiven, RegisterPatient
from services.contracts.words import ContactOwner, Role
from services.reminders.addresses.phone_numbers import NotAnAddress, is_country
from services.reminders.addresses.reader import read_address
from services.reminders.consent.domain.consent_rules import law_faults, proof_faults
from services.reminders.core.locales import is_locale, is_region
from services.reminders.core.windows import NoSuchZone, place_named
from services.reminders.patients.domain.new_patient import NewContact

FIELDS: Final = {Channel.SMS: "phone", Channel.EMAIL: "email"}
"""Which field of the input holds a channel's address."""

_LONGEST_NAME: Final = 200
_SHORTENED: Final = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


class ConsentRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a consent is checked against: who reports it, the clinic's country and the time."""

    role: Role
    country: str
    now: datetime


def read_contacts(
    command: RegisterPatient, country: str
) -> tuple[tuple[NewContact, ...], list[Refusal]]:
    addresses = ((Channel.SMS, command.phone), (Channel.EMAIL, command.email))
    read = [
        read_contact(channel, text, command.contact_owner, country)
        for channel, text in addresses
        if text is not None
    ]
    contacts = tuple(result for result in read if isinstance(result, NewContact))
    return contacts, [result for result in read if isinstance(result, Refusal)]


def read_contact(
    channel: Channel, text: str, owner: ContactOwner, country: str
) -> NewContact | Refusal:
    """`country` reads numbers written without a prefix."""
    try:
        address = read_address(channel, text, country=country)
    except NotAnAddress as fault:
        return refuse(UserErrorCode.INVALID, f"Not usable: {fault}.", FIELDS[channel])
    return NewContact(channel, address, owner)


def find_faults(
    command: RegisterPatient,
    contacts: Sequence[NewContact],
    rules: ConsentRules,
) -> list[Refusal]:
    return [
        *key_faults(command.idempotency_key),
        *person_faults(command, command.scope.role),
        *place_faults(command),
        *_about_channels(command, contacts),
        *_about_consents(command, contacts, rules),
    ]


def key_faults(idempotency_key: str) -> Iterator[Refusal]:
    if not 0 < len(idempotency_key) <= LONGEST_KEY:
        yield refuse(UserErrorCode.INVALID, KEY_RULE, "idempotency_key")


def person_faults(person: RegisterPatient | UpdatePatient, role: Role) -> Iterator[Refusal]:
    if person.is_adult is False:
        message = "Aftercare messages are for adults; speak to the guardian instead."
        yield refuse(UserErrorCode.NOT_ELIGIBLE, message, "is_adult")
    if isinstance(person.display_name, str) and len(person.display_name) > _LONGEST_NAME:
        message = f"A name has at most {_LONGEST_NAME} characters."
        yield refuse(UserErrorCode.INVALID, message, "display_name")
    if isinstance(person.reference, str) and not 0 < len(person.reference) <= _LONGEST_NAME:
        message = f"A reference has 1 to {_LONGEST_NAME} characters."
        yield refuse(UserErrorCode.INVALID, message, "reference")
    if isinstance(person.reference, str) and _SHORTENED.fullmatch(person.reference):
        message = "A spreadsheet has shortened this reference: format its column as text."
        yield refuse(UserErrorCode.INVALID, message, "reference")
    if isinstance(person.reference, str) and role is Role.FRONT_END:
        message = "Only staff give patients a reference."
        yield refuse(UserErrorCode.NOT_ALLOWED, message, "reference")


def place_faults(places: RegisterPatient | UpdatePatient) -> Iterator[Refusal]:
    if isinstance(places.time_zone, str):
        try:
            place_named(places.time_zone)
        except NoSuchZone:
            message = "Write the time zone as an IANA name, like Europe/Lisbon."
            yield refuse(UserErrorCode.INVALID, message, "time_zone")
    if isinstance(places.region, str) and not is_region(places.region, is_country):
        message = "Write the region as an ISO 3166-2 code of a country there is, like US-TX."
        yield refuse(UserErrorCode.INVALID, message, "region")
    if isinstance(places.locale, str) and not is_locale(places.locale):
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
    command: RegisterPatient, contacts: Sequence[NewContact], rules: ConsentRules
) -> Iterator[Refusal]:
    for number, consent in enumerate(command.consents):
        path = ("consents", str(number))
        if consent.channel not in FIELDS or not _is_among(consent.channel, contacts, command):
            message = "A consent is for an address: give one for its channel."
            yield refuse(UserErrorCode.REQUIRED, message, *path, "channel")
        yield from consent_faults(consent, rules, path)


def consent_faults(
    consent: ConsentGiven, rules: ConsentRules, path: tuple[str, ...]
) -> Iterator[Refusal]:
    if not consent.source.strip():
        message = "Say where the consent was given, such as a form's name."
        yield refuse(UserErrorCode.REQUIRED, message, *path, "source")
    obtained_at = consent.obtained_at
    if obtained_at is not None and (obtained_at.tzinfo is None or obtained_at > rules.now):
        message = "Give the time of the consent with an offset, and not in the future."
        yield refuse(UserErrorCode.INVALID, message, *path, "obtained_at")
    yield from proof_faults(consent, rules.role, path)
    yield from law_faults(consent, rules.country, path)


def _is_among(channel: Channel, contacts: Sequence[NewContact], command: RegisterPatient) -> bool:
    """Whether an address is given; one that could not be read has been refused already."""
    stated = {Channel.SMS: command.phone, Channel.EMAIL: command.email}.get(channel)
    return stated is not None or any(contact.channel is channel for contact in contacts)
