"""The payload of mutations of patients."""

from typing import Final

from services.contracts.errors import UserErrorCode
from services.contracts.reminders import PatientRecord, PatientReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.commands import EntityMutation
from services.gateway.schema.patients.resolvers import KIND
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.payloads import Result, record_payload
from services.gateway.schema.refusals.values import user_errors

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


def result_of(
    reply: PatientReply,
    request: GatewayRequest,
    shown_codes: frozenset[UserErrorCode] = ABOUT_THE_INPUT,
    *,
    is_new: bool = False,
) -> Result[PatientRecord]:
    """Return the part of the reply that the viewer may see.

    A viewer who may not read patients learns nothing about patients who exist already, not even
    that a number is in use. Refusals whose code is not in `shown_codes` look like success.
    """
    if sees_patients(request):
        return Result(reply.patient, user_errors(reply.refusals, KIND))
    visible = [
        refusal
        for refusal in reply.refusals
        if refusal.code in shown_codes or refusal.path == ("idempotency_key",)
    ]
    patient = reply.patient if is_new and not visible else None
    return Result(patient, user_errors(visible, KIND))


PATIENT: Final = EntityMutation(KIND, "patient", result_of)
