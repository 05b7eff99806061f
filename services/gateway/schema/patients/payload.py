"""The payload of mutations of patients, and what of it a viewer may see."""

from typing import Final

from services.contracts.errors import UserErrorCode
from services.contracts.reminders import PatientReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.payloads import record_payload

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
