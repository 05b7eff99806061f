"""Gives a clinic an address to send from."""

import re
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.senders import AddSender, ListSenders, SenderRecord
from services.reminders.addresses.phone_numbers import NotAnAddress, is_country, read_possible_phone
from services.reminders.addresses.reader import NotADomain, read_domain, read_email
from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork
from services.reminders.core.mailboxes import Mailbox, read_mailbox
from services.reminders.core.senders import Sender, explain, lacks, traits_of
from services.reminders.core.structs import struct_from

_SHORT_CODE: Final = re.compile(r"\d{3,8}")
_NAME: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")  # 3GPP TS 23.040: 11 characters
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class SenderRules(msgspec.Struct, frozen=True, kw_only=True):
    """The providers of this deployment. In production, a sender must meet its country's rules."""

    providers: Mapping[Channel, Collection[str]]
    is_production: bool


def add_sender(
    uow: ClinicsUnitOfWork, command: AddSender, *, rules: SenderRules
) -> SenderRecord | Refusal:
    """Add a sender, or change its traits. Production refuses one that it could not send from."""
    clinic = uow.clinics.get([command.clinic_id]).get(command.clinic_id)
    if clinic is None:
        return not_found("clinic")
    if refusal := _faults(command, rules) or _parts_fault(command):
        return refusal
    try:
        address = _address(command, clinic.country)
        bounce_domain = _bounce_domain(command)
    except (NotAnAddress, NotADomain) as fault:
        field = "bounce_domain" if isinstance(fault, NotADomain) else "address"
        message = f"The {field.replace('_', ' ')}: {fault}."
        return refuse(UserErrorCode.INVALID, message, field)
    if command.is_two_way and command.channel is Channel.SMS and _NAME.fullmatch(address):
        message = "Nobody can answer a name: it is one-way (--one-way)."
        return refuse(UserErrorCode.INVALID, message, "is_two_way")
    secret_file = _secret_file(command) if command.account else None
    sender = struct_from(
        Sender, command, address=address, secret_file=secret_file, bounce_domain=bounce_domain
    )
    purpose = Purpose.MARKETING if command.is_for_marketing else Purpose.CARE
    lacking = lacks(traits_of(sender, clinic.country), purpose)
    if lacking and rules.is_production:
        return refuse(UserErrorCode.INVALID, f"This sender lacks {explain(lacking)}", "address")
    return uow.senders.put(clinic.id, sender)


def list_senders(uow: ClinicsUnitOfWork, ask: ListSenders) -> tuple[SenderRecord, ...]:
    return uow.senders.list(ask.clinic_id)


def _faults(command: AddSender, rules: SenderRules) -> Refusal | None:
    providers = rules.providers.get(command.channel, ())
    if command.provider not in providers:
        message = f"Choose a provider that is in use for {command.channel}: {', '.join(providers)}."
        return refuse(UserErrorCode.INVALID, message, "provider")
    if command.country is not None and not is_country(command.country):
        message = "Write the country as two capital letters of ISO 3166, like PT."
        return refuse(UserErrorCode.INVALID, message, "country")
    if command.account is None and command.secret_file is not None:
        message = "A secret's file is of an account: name that too."
        return refuse(UserErrorCode.INVALID, message, "account")
    if command.account is not None and not _FILE.fullmatch(_secret_file(command)):
        message = "Name a file in SECRETS_FOLDER: letters, digits, “.”, “_” and “-”."
        return refuse(UserErrorCode.INVALID, message, "secret_file")
    return None


def _parts_fault(command: AddSender) -> Refusal | None:
    if command.most_parts is None:
        return None
    if command.channel is Channel.SMS and command.most_parts > 0:
        return None
    message = "A number of parts is for texts (--channel sms), and 1 or more."
    return refuse(UserErrorCode.INVALID, message, "most_parts")


def _address(command: AddSender, country: str) -> str:
    """The form in which the address is stored and compared. Raises NotAnAddress."""
    text = command.address.strip()
    if command.channel is Channel.EMAIL:
        return _mailbox(text)
    if _SHORT_CODE.fullmatch(text) or _NAME.fullmatch(text):
        return text
    return read_possible_phone(text, country=command.country or country)


def _mailbox(text: str) -> str:
    mailbox = read_mailbox(text)
    if "<" in mailbox.name and not text.startswith('"'):
        raise NotAnAddress("write one sender, like Name <care@example.com>")
    return Mailbox(mailbox.name, read_email(mailbox.address)).written()


def _bounce_domain(command: AddSender) -> str | None:
    """The domain as it is stored. Raises NotADomain."""
    if command.bounce_domain is None:
        return None
    if command.channel is not Channel.EMAIL:
        raise NotADomain("only senders of email have one")
    return read_domain(command.bounce_domain)


def _secret_file(command: AddSender) -> str:
    return command.secret_file or command.account or ""
