from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.reminders import EnrollPatient
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import carry_out
from services.gateway.schema.enrollments.payload import (
    EnrollmentPayload,
    EnrollmentResult,
    refused,
    result_of,
)
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.refusals.values import not_found
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.texts import text_faults


class EnrollPatientInput(graphene.InputObjectType):
    """A patient, a plan and the time of the procedure."""

    idempotency_key = input_field(
        required(graphene.String),
        "Send the same key to repeat the request safely: it creates one enrollment.",
    )
    patient_id = input_field(required(graphene.ID), "The patient.")
    plan = input_field(required(graphene.String), "Slug of the plan.")
    procedure_at = input_field(
        required(DateTime),
        "Start of the procedure. A procedure that started less than four hours ago counts "
        "as in progress.",
    )
    procedure_ended_at = input_field(
        DateTime,
        "The end of the procedure, if it is over. Care messages are then sent without a "
        "further record of the procedure.",
    )
    performed_by = input_field(graphene.String, "Who performs it.")
    reference = input_field(graphene.String, "The clinic's own number.")
    visit_reference = input_field(
        graphene.String,
        "The clinic's number of the visit; the same for all enrollments of one visit.",
    )


_TEXTS: Final = ("idempotency_key", "plan", "performed_by", "reference", "visit_reference")


async def _enroll(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[EnrollmentResult]:
    data = args["input"]
    faults = text_faults(data, _TEXTS)
    if faults:
        return [refused(faults)]
    patient_id = ids.decode_number("Patient", data["patient_id"])
    if patient_id is None:
        return [refused([not_found("There is no such patient.", "patientId")])]
    command = EnrollPatient(
        scope=request.scope,
        idempotency_key=data["idempotency_key"],
        patient_id=patient_id,
        plan=data["plan"],
        procedure_at=data["procedure_at"],
        procedure_ended_at=data.get("procedure_ended_at"),
        performed_by=data.get("performed_by"),
        reference=data.get("reference"),
        visit_reference=data.get("visit_reference"),
    )
    return [result_of(await carry_out(command, request))]


enroll_patient = field(
    EnrollmentPayload,
    "Enroll a patient in the current version of a plan. Its reminders are planned at once.",
    Batched(_enroll, STAFF_UP),
    input=argument(required(EnrollPatientInput), "The enrollment."),
)
