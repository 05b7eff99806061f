from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.errors import UserErrorCode
from services.contracts.reminders import PatientRecord, RecordConsent
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.commands import carry_out
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.inputs import (
    ConsentInput,
    consent_faults,
    consent_given,
)
from services.gateway.schema.patients.payload import PatientPayload, result_of
from services.gateway.schema.payloads import Result
from services.gateway.schema.refusals.values import InputError, not_found


class RecordConsentInput(graphene.InputObjectType):
    """A consent to record."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    consent = input_field(required(ConsentInput), "What the patient agreed to or withdrew.")


# Refused before any lookup: the answer must not reveal whether the patient exists.
_WITHDRAWN_ELSEWHERE: Final = InputError(
    "Withdrawals come from the patient or from the clinic's staff.",
    ("consent", "granted"),
    UserErrorCode.NOT_ALLOWED,
)


async def _record(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Result[PatientRecord]]:
    data = args["input"]
    faults = consent_faults(data["consent"], "consent")
    if faults:
        return [Result(user_errors=faults)]
    if not data["consent"]["granted"] and not sees_patients(request):
        return [Result(user_errors=[_WITHDRAWN_ELSEWHERE])]
    patient_id = ids.decode_number("Patient", data["patient_id"])
    if patient_id is None:
        return [_no_such_patient(request)]
    command = RecordConsent(
        scope=request.scope, patient_id=patient_id, consent=consent_given(data["consent"])
    )
    return [result_of(await carry_out(command, request), request)]


def _no_such_patient(request: GatewayRequest) -> Result[PatientRecord]:
    """Return the same answer that an unknown number gets."""
    if not sees_patients(request):
        return Result()
    return Result(user_errors=[not_found("There is no such patient.", "patientId")])


record_consent = field(
    PatientPayload,
    "Record a consent or its withdrawal. A consent from a FRONT_END key is pending "
    "until the patient confirms it.",
    Batched(_record, REGISTERS),
    input=argument(required(RecordConsentInput), "The consent."),
)
