from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.errors import UserErrorCode
from services.contracts.reminders import PatientRecord, RegisterPatient
from services.contracts.words import ContactOwner
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS
from services.gateway.schema.commands import carry_out
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.enums import ContactOwnerEnum
from services.gateway.schema.patients.inputs import (
    ConsentInput,
    consent_faults,
    consent_given,
    contact_faults,
)
from services.gateway.schema.patients.payload import (
    ABOUT_THE_INPUT,
    PatientPayload,
    result_of,
)
from services.gateway.schema.payloads import Result
from services.gateway.schema.refusals.values import InputError
from services.gateway.schema.scalars.contacts import EmailAddress, PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.shared_enums import MessageDetailEnum
from services.gateway.schema.texts import text_faults


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


async def _register(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Result[PatientRecord]]:
    data = args["input"]
    faults = _faults(data)
    if faults:
        return [Result(user_errors=faults)]
    reply = await carry_out(_command(data, request), request)
    return [result_of(reply, request, _SHOWN_CODES, is_new=True)]


def _faults(data: Mapping[str, Any]) -> list[InputError]:
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


def _command(data: Mapping[str, Any], request: GatewayRequest) -> RegisterPatient:
    channels = data.get("channels")
    return RegisterPatient(
        scope=request.scope,
        idempotency_key=data["idempotency_key"],
        reference=data.get("reference"),
        display_name=data.get("display_name"),
        phone=data.get("phone"),
        email=data.get("email"),
        contact_owner=data.get("contact_owner") or ContactOwner.SELF,
        is_adult=data.get("is_adult"),
        time_zone=data.get("time_zone"),
        region=data.get("region"),
        locale=data.get("locale"),
        channels=None if channels is None else tuple(channels),
        detail=data.get("detail"),
        consents=tuple(map(consent_given, data.get("consents") or ())),
    )


register_patient = field(
    PatientPayload,
    "Register a patient. Consents from a FRONT_END key are pending until the patient "
    "confirms them.",
    Batched(_register, REGISTERS),
    input=argument(required(RegisterPatientInput), "The patient."),
)
