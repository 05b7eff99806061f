"""Whom a clinic alerts: added, listed and removed by operators."""

import msgspec

from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    AddAlertContact,
    AlertContactRecord,
    ListAlertContacts,
    RemoveAlertContact,
)
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.reminders.addresses.phone_numbers import NotAnAddress
from services.reminders.addresses.reader import mask, read_address
from services.reminders.clinics.domain.alert_contact import TIERS, AlertContact
from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork
from services.reminders.core.structs import struct_from

_LONGEST_LABEL = 60


def add_alert_contact(
    uow: ClinicsUnitOfWork, command: AddAlertContact
) -> AlertContactRecord | Refusal:
    clinic = uow.clinics.get([command.clinic_id]).get(command.clinic_id)
    if clinic is None:
        return not_found("clinic")
    if refusal := _faults(command):
        return refusal
    try:
        address = read_address(command.channel, command.address, country=clinic.country)
    except NotAnAddress as fault:
        return refuse(UserErrorCode.INVALID, f"The address: {fault}.", "address")
    return _record(uow.alert_contacts.put(msgspec.structs.replace(command, address=address)))


def remove_alert_contact(
    uow: ClinicsUnitOfWork, command: RemoveAlertContact
) -> AlertContactRecord | Refusal:
    removed = uow.alert_contacts.remove(command.clinic_id, command.contact_id)
    if removed is None:
        return refuse(UserErrorCode.NOT_FOUND, "The clinic alerts no such contact.", "contact_id")
    return _record(removed)


def list_alert_contacts(
    uow: ClinicsUnitOfWork, ask: ListAlertContacts
) -> tuple[AlertContactRecord, ...]:
    return tuple(map(_record, uow.alert_contacts.of_clinic(ask.clinic_id)))


def _faults(command: AddAlertContact) -> Refusal | None:
    if command.tier not in TIERS:
        message = f"A tier is 0 to {TIERS[-1]}: told at once, after 5, 15 and 30 minutes."
        return refuse(UserErrorCode.INVALID, message, "tier")
    if command.channel not in (Channel.SMS, Channel.EMAIL):
        return refuse(UserErrorCode.INVALID, "Staff are alerted by SMS or EMAIL.", "channel")
    if command.label is not None and not 0 < len(command.label) <= _LONGEST_LABEL:
        message = f"A label has 1 to {_LONGEST_LABEL} characters."
        return refuse(UserErrorCode.INVALID, message, "label")
    return None


def _record(contact: AlertContact) -> AlertContactRecord:
    masked = mask(contact.channel, contact.address)
    return struct_from(AlertContactRecord, contact, masked=masked)
