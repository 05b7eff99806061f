"""What mutations of patients answer."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import graphene

from services.contracts.errors import UserErrorCode
from services.contracts.reminders import PatientRecord, PatientReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.commands import Subject
from services.gateway.schema.fields import field, reads, some
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.refusals.types import UserError
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.refusals.values import user_errors


@dataclasses.dataclass(frozen=True, slots=True)
class PatientResult:
    patient: PatientRecord | None = None
    user_errors: Sequence[Refused] = ()


class PatientPayload(graphene.ObjectType):
    """What became of a mutation of a patient."""

    patient = field(
        Patient,
        "The patient as it is now; null when refused. A FRONT_END key is told the id of a patient "
        "that it registers, and nothing else.",
        reads("patient", REGISTERS),
    )
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", REGISTERS)
    )


ABOUT_THE_INPUT: Final = frozenset(
    {UserErrorCode.INVALID, UserErrorCode.RATE_LIMITED, UserErrorCode.OUTSIDE_COVERAGE}
)
"""Refusals that would be the same whoever else is a patient."""


def result_of(
    reply: PatientReply,
    request: GatewayRequest,
    told: frozenset[UserErrorCode] = ABOUT_THE_INPUT,
    *,
    is_new: bool = False,
) -> PatientResult:
    """What the viewer may know of the reply.

    Who reads no patient learns neither the patient nor anything about those already there: not
    even that a number is known. Refusals whose code is not among `told` look like success.
    """
    if sees_patients(request):
        return PatientResult(reply.patient, user_errors(reply.refusals, "Patient"))
    hearable = [
        refusal
        for refusal in reply.refusals
        if refusal.code in told or refusal.path == ("idempotency_key",)
    ]
    shown = reply.patient if is_new and not hearable else None
    return PatientResult(shown, user_errors(hearable, "Patient"))


PATIENT: Final = Subject(
    "Patient", "patient", result_of, lambda errors: PatientResult(user_errors=errors)
)
