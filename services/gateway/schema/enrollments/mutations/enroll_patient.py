from typing import Final

import graphene

from services.contracts.plain_text import without_invisible
from services.contracts.reminders import EnrollmentReply, EnrollPatient
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import PATIENT, carry_out, refused
from services.gateway.schema.enrollments.payload import EnrollmentPayload
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.inputs import text_faults
from services.gateway.schema.scalars import DateTime


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
        "The clinic's number of the visit; the same for all enrollments of one visit. A visit "
        "sooner after another than the procedure's shortest interval needs a number of its own.",
    )


_TEXTS: Final = ("idempotency_key", "plan", "performed_by", "reference", "visit_reference")


_NUMBERS: Final = ("reference", "visit_reference")
"""The clinic's own numbers lose what is invisible, so that they are known again."""


async def _enroll(args: Args, request: GatewayRequest) -> EnrollmentReply:
    typed = args["input"]
    data = typed | {name: without_invisible(typed[name]) for name in _NUMBERS if typed.get(name)}
    faults = text_faults(data, _TEXTS) or PATIENT.faults(data)
    if faults:
        return refused(EnrollPatient, faults)
    return await carry_out(PATIENT.command(EnrollPatient, data, request), request)


enroll_patient = field(
    EnrollmentPayload,
    "Enroll a patient in the current version of a plan. Its reminders are planned at once. "
    "Refused as CONFLICT if the patient is enrolled for this visit already.",
    at_root(_enroll, STAFF_UP),
    input=argument(required(EnrollPatientInput), "The enrollment."),
)
