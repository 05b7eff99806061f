"""Mutations of patients."""

from collections.abc import Mapping
from typing import Any, Final

import graphene
import msgspec

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.patients import UpdatePatient
from services.contracts.privacy import ErasePatient, EraseReply
from services.contracts.reminders import PatientReply, RegisterPatient
from services.contracts.replies import LiftSuppression, SuppressContact
from services.contracts.words import ContactOwner, Role
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import REGISTERS, STAFF_UP, RoleRule
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.commands import PATIENT, carry_out, refused
from services.gateway.schema.enums import MessageDetailEnum
from services.gateway.schema.fields import (
    Args,
    argument,
    at_root,
    field,
    input_field,
    mapped,
    required,
)
from services.gateway.schema.inputs import struct_of, text_faults
from services.gateway.schema.patients.consents import (
    ABOUT_THE_INPUT,
    ConsentInput,
    PatientPayload,
    consent_faults,
    contact_faults,
    shown_to,
)
from services.gateway.schema.patients.types import ContactOwnerEnum
from services.gateway.schema.payloads import payload_type
from services.gateway.schema.scalars import (
    DateTime,
    EmailAddress,
    Locale,
    LocalTime,
    PhoneNumber,
    TimeZone,
)


class RegisterPatientInput(graphene.InputObjectType):
    """A patient to register."""

    idempotency_key = input_field(
        required(graphene.String),
        "Send the same key to repeat the request safely: it registers one patient.",
    )
    reference = input_field(graphene.String, "The clinic's own number.")
    display_name = input_field(graphene.String, "The name that messages use.")
    phone = input_field(PhoneNumber, "The number for text messages, in international format.")
    email = input_field(EmailAddress, "The address for email.")
    contact_owner = input_field(
        ContactOwnerEnum,
        "Who owns the phone number and the email address.",
        default_value=ContactOwner.SELF,
    )
    is_adult = input_field(graphene.Boolean, "Leave out if not known.")
    time_zone = input_field(TimeZone, "The time zone of due times; the clinic's if left out.")
    region = input_field(graphene.String, "ISO 3166-2, such as US-CA.")
    locale = input_field(Locale, "The patient's language; the clinic's if left out.")
    channels = input_field(
        graphene.List(required(ChannelEnum)), "The channels that the patient wants."
    )
    detail = input_field(MessageDetailEnum, "How much detail messages may contain.")
    consents = input_field(graphene.List(required(ConsentInput)), "What the patient agreed to.")


_SHOWN_CODES: Final = ABOUT_THE_INPUT | {
    UserErrorCode.REQUIRED,
    UserErrorCode.NOT_ALLOWED,
    UserErrorCode.NOT_ELIGIBLE,
}

_TEXTS: Final = ("idempotency_key", "reference", "display_name", "region")


async def _register(args: Args, request: GatewayRequest) -> PatientReply:
    data = args["input"]
    faults = _faults(data)
    if faults:
        return refused(RegisterPatient, faults)
    command = struct_of(RegisterPatient, data, scope=request.scope)
    return shown_to(request, await carry_out(command, request), _SHOWN_CODES, is_new=True)


def _faults(data: Mapping[str, Any]) -> list[Refusal]:
    consents = enumerate(data.get("consents") or ())
    return [
        *contact_faults(data),
        *text_faults(data, _TEXTS),
        *(
            fault
            for place, consent in consents
            for fault in consent_faults(consent, "consents", str(place))
        ),
    ]


register_patient = field(
    PatientPayload,
    "Register a patient. Consents from a FRONT_END key are pending until the patient "
    "confirms them.",
    at_root(_register, REGISTERS),
    input=argument(required(RegisterPatientInput), "The patient."),
)


class QuietHoursInput(graphene.InputObjectType):
    """Local times between which nothing is sent. They can cross midnight."""

    start = input_field(required(LocalTime), "The first minute of quiet.")
    end = input_field(required(LocalTime), "The first minute after it.")


class UpdatePatientInput(graphene.InputObjectType):
    """Changes to a patient. A field that is left out keeps its value; null clears it."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    reference = input_field(graphene.String, "The clinic's own number.")
    display_name = input_field(graphene.String, "The name that messages use.")
    phone = input_field(
        PhoneNumber,
        "The new number for text messages. Consents for the old number do not carry over.",
    )
    email = input_field(
        EmailAddress, "The new email address. Consents for the old address do not carry over."
    )
    is_adult = input_field(graphene.Boolean, "Null if not known.")
    time_zone = input_field(TimeZone, "The time zone of due times; null for the clinic's.")
    region = input_field(graphene.String, "ISO 3166-2, such as US-CA.")
    locale = input_field(Locale, "The patient's language; null for the clinic's.")
    channels = input_field(
        graphene.List(required(ChannelEnum)),
        "The channels that the patient wants; null for all that have an address.",
    )
    detail = input_field(
        MessageDetailEnum, "How much detail messages may contain; null for the least."
    )
    quiet_hours = input_field(
        QuietHoursInput, "The patient's own quiet hours; null for the clinic's."
    )
    paused_until = input_field(DateTime, "Nothing is sent before this time; null for no pause.")


async def _update(args: Args, request: GatewayRequest) -> PatientReply:
    data = args["input"]
    texts = ("reference", "display_name", "region")
    faults = [*contact_faults(data), *text_faults(data, texts), *PATIENT.faults(data)]
    if faults:
        return refused(UpdatePatient, faults)
    # with nulls, which clear a field
    changes = {**data, "scope": request.scope, "patient_id": PATIENT.number(data)}
    return await carry_out(msgspec.convert(changes, UpdatePatient), request)


update_patient = field(
    PatientPayload,
    "Change a patient. With a new phone number or email address, its consents lapse, "
    "and messages to it wait for a new consent. With a new time zone, waiting "
    "reminders are rescheduled.",
    at_root(_update, STAFF_UP),
    input=argument(required(UpdatePatientInput), "The patient and the changes."),
)


class SuppressContactInput(graphene.InputObjectType):
    """A patient's phone number or email address to stop using."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    channel = input_field(required(ChannelEnum), "The channel: phone number or email address.")
    reason = input_field(required(graphene.String), "The reason; kept for audit.")


suppress_contact = field(
    PatientPayload,
    "Stop using a patient's phone number or email address until the suppression is lifted.",
    PATIENT.mutation(SuppressContact, STAFF_UP, "reason"),
    input=argument(required(SuppressContactInput), "The address."),
)


class LiftSuppressionInput(graphene.InputObjectType):
    """A patient's phone number or email address to use again."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    channel = input_field(required(ChannelEnum), "The channel: phone number or email address.")
    evidence = input_field(required(graphene.String), "How you know that it works; kept for audit.")


lift_suppression = field(
    PatientPayload,
    "Use a suppressed phone number or email address again. Refused as OPTED_OUT if "
    "its owner opted out: only a message from that address can undo an opt-out.",
    PATIENT.mutation(LiftSuppression, STAFF_UP, "evidence"),
    input=argument(required(LiftSuppressionInput), "The address."),
)


_ADMINS: Final = RoleRule(frozenset({Role.ADMIN}))


class ErasePatientInput(graphene.InputObjectType):
    """A patient to erase."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    reason = input_field(
        required(graphene.String), "The reason, without the patient's name. It is stored encrypted."
    )


def _erased_id(reply: EraseReply) -> str | None:
    return None if reply.patient_id is None else ids.encode("Patient", reply.patient_id)


ErasePatientPayload = payload_type(
    "ErasePatientPayload",
    "The result of erasing a patient.",
    _ADMINS,
    "Patient",
    patient_id=field(
        graphene.ID, "The erased patient; null if refused.", mapped(_erased_id, _ADMINS)
    ),
    erased=field(
        required(graphene.Boolean),
        "Whether the patient was erased.",
        mapped(lambda reply: not reply.refusals, _ADMINS),
    ),
)


async def _erase(args: Args, request: GatewayRequest) -> EraseReply:
    data = args["input"]
    faults = text_faults(data, ["reason"]) or PATIENT.faults(data)
    if faults:
        return refused(ErasePatient, faults)
    return await carry_out(PATIENT.command(ErasePatient, data, request), request)


erase_patient = field(
    ErasePatientPayload,
    "Erase a patient's identity and messages permanently. Counts, proof of consent "
    "and opt-outs are kept without identifying anyone.",
    at_root(_erase, _ADMINS),
    input=argument(required(ErasePatientInput), "The patient and the reason."),
)
