from typing import Final

import graphene

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import PatientReply, RecordConsent
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.commands import PATIENT, carry_out, refused
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.patients.inputs import ConsentInput, consent_faults
from services.gateway.schema.patients.payload import PatientPayload, shown_to


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
