"""Consents of patients: their input, and the mutations that record and confirm them."""

from collections.abc import Mapping
from typing import Any, Final

import graphene

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.patients import ConfirmConsent
from services.contracts.reminders import PatientReply, RecordConsent
from services.contracts.words import ConsentBasis, MessageDetail
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.catalog.content import ChannelEnum, PurposeEnum
from services.gateway.schema.commands import PATIENT, carry_out, refused
from services.gateway.schema.enums import MessageDetailEnum
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.inputs import invalid, struct_of, text_faults
from services.gateway.schema.patients.types import ConsentBasisEnum, ConsentMethodEnum, Patient
from services.gateway.schema.payloads import record_payload
from services.gateway.schema.scalars import DateTime, Unusable

_HOW_TO = {
    "phone": "We cannot text this number. Give it in international form, like +12025550143.",
    "email": "We cannot write to this address. Give it like name@example.com.",
}


class ConsentInput(graphene.InputObjectType):
    """A person's consent for one channel and purpose, or its withdrawal."""

    channel = input_field(required(ChannelEnum), "The channel it is for.")
    purpose = input_field(required(PurposeEnum), "The purpose it is for.")
    granted = input_field(required(graphene.Boolean), "False withdraws the consent.")
    source = input_field(
        required(graphene.String), "Where the consent was given, such as booking-form."
    )
    wording_version = input_field(
        graphene.String,
        "The version of the wording that the person agreed to. Required from staff when "
        "consent is granted.",
    )
    method = input_field(
        ConsentMethodEnum, "How the consent was given. Required from staff when consent is granted."
    )
    basis = input_field(
        ConsentBasisEnum, "The legal basis of the consent.", default_value=ConsentBasis.EXPRESS
    )
    detail = input_field(
        MessageDetailEnum,
        "How much detail messages may contain.",
        default_value=MessageDetail.DISCREET,
    )
    evidence = input_field(graphene.String, "Proof of the consent; it is never shown again.")
    obtained_at = input_field(DateTime, "When it was given, if not now.")


def consent_faults(data: Mapping[str, Any], *within: str) -> list[Refusal]:
    """Return one error for each text of a consent that is not allowed."""
    return text_faults(data, ("source", "wording_version", "evidence"), *within)


def contact_faults(data: Mapping[str, Any]) -> list[Refusal]:
    """Return one error for each contact that cannot be used, without repeating it."""
    return [
        invalid(how_to, name)
        for name, how_to in _HOW_TO.items()
        if isinstance(data.get(name), Unusable)
    ]


PatientPayload = record_payload(
    Patient,
    "patient",
    "The updated patient; null if refused. A FRONT_END key can read only the id of a "
    "patient that it registers.",
    REGISTERS,
)

ABOUT_THE_INPUT: Final = frozenset(
    {UserErrorCode.INVALID, UserErrorCode.RATE_LIMITED, UserErrorCode.OUTSIDE_COVERAGE}
)
"""Refusals that do not depend on other patients."""


def shown_to(
    request: GatewayRequest,
    reply: PatientReply,
    shown_codes: frozenset[UserErrorCode] = ABOUT_THE_INPUT,
    *,
    is_new: bool = False,
) -> PatientReply:
    """Return the part of the reply that the viewer may see.

    A viewer who may not read patients learns nothing about patients who exist already, not even
    that a number is in use. Refusals whose code is not in `shown_codes` look like success.
    """
    if sees_patients(request):
        return reply
    visible = tuple(
        refusal
        for refusal in reply.refusals
        if refusal.code in shown_codes or refusal.path == ("idempotency_key",)
    )
    return PatientReply(patient=reply.patient if is_new and not visible else None, refusals=visible)


class RecordConsentInput(graphene.InputObjectType):
    """A consent to record."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    consent = input_field(required(ConsentInput), "What the patient agreed to or withdrew.")


# Refused before any lookup: the answer must not reveal whether the patient exists.
_WITHDRAWN_ELSEWHERE: Final = Refusal(
    code=UserErrorCode.NOT_ALLOWED,
    message="Withdrawals come from the patient or from the clinic's staff.",
    path=("consent", "granted"),
)


async def _record(args: Args, request: GatewayRequest) -> PatientReply:
    data = args["input"]
    faults = consent_faults(data["consent"], "consent")
    if faults:
        return refused(RecordConsent, faults)
    if not data["consent"]["granted"] and not sees_patients(request):
        return refused(RecordConsent, [_WITHDRAWN_ELSEWHERE])
    unknown = PATIENT.faults(data)
    if unknown:  # the same answer that an unknown number gets
        return refused(RecordConsent, unknown if sees_patients(request) else [])
    command = PATIENT.command(RecordConsent, data, request)
    return shown_to(request, await carry_out(command, request))


record_consent = field(
    PatientPayload,
    "Record a consent or its withdrawal. A consent from a FRONT_END key is pending "
    "until the patient confirms it.",
    at_root(_record, REGISTERS),
    input=argument(required(RecordConsentInput), "The consent."),
)


class ConfirmConsentInput(graphene.InputObjectType):
    """The confirmation code sent to a patient."""

    patient_id = input_field(required(graphene.ID), "Whose consent it is.")
    channel = input_field(required(ChannelEnum), "The channel on which the code was sent.")
    code = input_field(required(graphene.String), "Six digits.")


_NOBODY: Final = 0
"""An id that no patient has: it gets the same answer as any unknown patient."""


async def _confirm(args: Args, request: GatewayRequest) -> PatientReply:
    data = args["input"]
    faults = text_faults(data, ["code"])
    if faults:
        return refused(ConfirmConsent, faults)
    number = PATIENT.number(data) or _NOBODY
    command = struct_of(ConfirmConsent, data, scope=request.scope, patient_id=number)
    return shown_to(request, await carry_out(command, request))


confirm_consent = field(
    PatientPayload,
    "Confirm the pending consents of a channel with the code that the patient "
    "received there. A code is valid for ten minutes and five tries. A wrong code and "
    "an unknown patient get the same refusal.",
    at_root(_confirm, REGISTERS),
    input=argument(required(ConfirmConsentInput), "The code."),
)
