from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.errors import UserErrorCode
from services.contracts.reminders import RegisterPatient
from services.contracts.words import ContactOwner
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS
from services.gateway.schema.commands import carry_out
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.patients.enums import ContactOwnerEnum, MessageDetailEnum
from services.gateway.schema.patients.inputs import (
    ConsentInput,
    consent_faults,
    consent_given,
    contact_faults,
)
from services.gateway.schema.patients.payload import (
    ABOUT_THE_INPUT,
    PatientPayload,
    PatientResult,
    result_of,
)
from services.gateway.schema.refusals.values import InputError
from services.gateway.schema.scalars.contacts import EmailAddress, PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.texts import text_faults


class RegisterPatientInput(graphene.InputObjectType):
    """A patient to look after."""

    idempotency_key = input_field(
        must(graphene.String), "Repeat it to repeat the request: one patient comes of it."
    )
    reference = input_field(graphene.String, "The clinic's own number.")
    display_name = input_field(graphene.String, "What messages call the patient.")
    phone = input_field(PhoneNumber, "Where texts go, in international form.")
    email = input_field(EmailAddress, "Where email goes.")
    contact_owner = input_field(
        ContactOwnerEnum, "Whose contacts they are.", default_value=ContactOwner.SELF
    )
    is_adult = input_field(graphene.Boolean, "Absent: not known.")
    time_zone = input_field(TimeZone, "Where due times are read; absent: the clinic's.")
    region = input_field(graphene.String, "ISO 3166-2, e.g. US-CA.")
    locale = input_field(Locale, "What the patient reads; absent: the clinic's.")
    channels = input_field(graphene.List(must(ChannelEnum)), "The channels wanted.")
    detail = input_field(MessageDetailEnum, "How much messages may say.")
    consents = input_field(graphene.List(must(ConsentInput)), "What the patient agreed to.")


_TOLD: Final = ABOUT_THE_INPUT | {
    UserErrorCode.REQUIRED,
    UserErrorCode.NOT_ALLOWED,
    UserErrorCode.NOT_ELIGIBLE,
}

_TEXTS: Final = ("idempotency_key", "reference", "display_name", "region")


async def _register(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PatientResult]:
    given = args["input"]
    faults = _faults(given)
    if faults:
        return [PatientResult(user_errors=faults)]
    reply = await carry_out(_command(given, request), request)
    return [result_of(reply, request, _TOLD, is_new=True)]


def _faults(given: Mapping[str, Any]) -> list[InputError]:
    consents = enumerate(given.get("consents") or ())
    return [
        *contact_faults(given),
        *text_faults(given, _TEXTS),
        *(
            fault
            for place, consent in consents
            for fault in consent_faults(consent, "consents", str(place))
        ),
    ]


def _command(given: Mapping[str, Any], request: GatewayRequest) -> RegisterPatient:
    channels = given.get("channels")
    return RegisterPatient(
        scope=request.scope,
        idempotency_key=given["idempotency_key"],
        reference=given.get("reference"),
        display_name=given.get("display_name"),
        phone=given.get("phone"),
        email=given.get("email"),
        contact_owner=given.get("contact_owner") or ContactOwner.SELF,
        is_adult=given.get("is_adult"),
        time_zone=given.get("time_zone"),
        region=given.get("region"),
        locale=given.get("locale"),
        channels=None if channels is None else tuple(channels),
        detail=given.get("detail"),
        consents=tuple(map(consent_given, given.get("consents") or ())),
    )


register_patient = field(
    PatientPayload,
    "Register a patient. From a FRONT_END key consents wait until the patient confirms them.",
    Batched(_register, REGISTERS),
    input=argument(must(RegisterPatientInput), "The patient."),
)
