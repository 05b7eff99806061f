"""What mutations of patients answer."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Final

import graphene

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import PatientRecord, PatientReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
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
        "The patient as it is now; null when refused, and for those who read no patient.",
        reads("patient", REGISTERS),
    )
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", REGISTERS)
    )


_ABOUT_THE_INPUT: Final = frozenset(
    {
        UserErrorCode.INVALID,
        UserErrorCode.REQUIRED,
        UserErrorCode.RATE_LIMITED,
        UserErrorCode.OUTSIDE_COVERAGE,
    }
)


def result_of(reply: PatientReply, request: GatewayRequest) -> PatientResult:
    """What the viewer may know of the reply.

    Who reads no patient learns neither the patient nor anything about those already there: not
    even that a number is known, so such a refusal looks like success.
    """
    if sees_patients(request):
        return PatientResult(reply.patient, user_errors(reply.refusals, "Patient"))
    return PatientResult(None, user_errors(_only_about_the_input(reply.refusals), "Patient"))


def _only_about_the_input(refusals: Iterable[Refusal]) -> list[Refusal]:
    return [
        refusal
        for refusal in refusals
        if refusal.code in _ABOUT_THE_INPUT or refusal.path == ("idempotency_key",)
    ]
