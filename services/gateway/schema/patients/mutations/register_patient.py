from collections.abc import Mapping
from typing import Any, Final

import graphene

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import PatientReply, RegisterPatient
from services.contracts.words import ContactOwner
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.commands import carry_out, refused
from services.gateway.schema.enums import MessageDetailEnum
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.inputs import struct_of, text_faults
from services.gateway.schema.patients.inputs import ConsentInput, consent_faults, tidied
from services.gateway.schema.patients.payload import ABOUT_THE_INPUT, PatientPayload, shown_to
from services.gateway.schema.patients.types import ContactOwnerEnum
from services.gateway.schema.scalars import EmailAddress, Locale, PhoneNumber, TimeZone


class RegisterPatientInput(graphene.InputObjectType):
    """A patient to register."""

    idempotency_key = input_field(
        required(graphene.String),
        "Send the same key to repeat the request safely: it registers one patient.",
    )
    reference = input_field(graphene.String, "The clinic's own number.")
    display_name = input_field(graphene.String, "The name that messages use.")
    phone = input_field(PhoneNumber, "The number of a mobile, for text messages.")
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
    data = tidied(args["input"])
    faults = _faults(data)
    if faults:
        return refused(RegisterPatient, faults)
    command = struct_of(RegisterPatient, data, scope=request.scope)
    return shown_to(request, await carry_out(command, request), _SHOWN_CODES, is_new=True)


def _faults(data: Mapping[str, Any]) -> list[Refusal]:
    consents = enumerate(data.get("consents") or ())
    return [
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
