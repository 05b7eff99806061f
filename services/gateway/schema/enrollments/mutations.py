"""Mutations of enrollments."""

from typing import Final

import graphene

from services.contracts.enrollments import (
    ChangeEffect,
    PauseEnrollment,
    RecordProcedure,
    RescheduleEnrollment,
    ResumeEnrollment,
)
from services.contracts.reminders import CancelEnrollment, EnrollmentReply, EnrollPatient
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.commands import PATIENT, Entity, carry_out, refused
from services.gateway.schema.enrollments.types import Enrollment, ProcedureStateEnum
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    ObjectType,
    argument,
    at_root,
    field,
    input_field,
    list_of,
    required,
)
from services.gateway.schema.inputs import text_faults
from services.gateway.schema.payloads import payload_type, warnings_field
from services.gateway.schema.scalars import DateTime


class EnrollmentInput(graphene.InputObjectType):
    """An enrollment."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")


EnrollmentPayload = payload_type(
    "EnrollmentPayload",
    "The result of a mutation of an enrollment.",
    STAFF_UP,
    "Enrollment",
    enrollment=field(Enrollment, "The updated enrollment; null if refused."),
    warnings=warnings_field(STAFF_UP),
)


_ENROLLMENT: Final = Entity("Enrollment", "enrollment")


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


async def _enroll(args: Args, request: GatewayRequest) -> EnrollmentReply:
    data = args["input"]
    faults = text_faults(data, _TEXTS) or PATIENT.faults(data)
    if faults:
        return refused(EnrollPatient, faults)
    return await carry_out(PATIENT.command(EnrollPatient, data, request), request)


enroll_patient = field(
    EnrollmentPayload,
    "Enroll a patient in the current version of a plan. Its reminders are planned at once.",
    at_root(_enroll, STAFF_UP),
    input=argument(required(EnrollPatientInput), "The enrollment."),
)


class CancelEnrollmentInput(graphene.InputObjectType):
    """An enrollment to cancel."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    reason = input_field(graphene.String, "Why.")


cancel_enrollment = field(
    EnrollmentPayload,
    "Cancel an enrollment. Messages whose sending has not started are not sent. "
    "Cancelling twice changes nothing.",
    _ENROLLMENT.mutation(CancelEnrollment, STAFF_UP, "reason"),
    input=argument(required(CancelEnrollmentInput), "The enrollment."),
)


pause_enrollment = field(
    EnrollmentPayload,
    "Pause an enrollment. Messages whose sending has not started are held back. "
    "Pausing twice changes nothing.",
    _ENROLLMENT.mutation(PauseEnrollment, STAFF_UP),
    input=argument(required(EnrollmentInput), "The enrollment."),
)


resume_enrollment = field(
    EnrollmentPayload,
    "Resume an enrollment. Whether a message that became late is still sent depends "
    "on its step; the warnings list them.",
    _ENROLLMENT.mutation(ResumeEnrollment, STAFF_UP),
    input=argument(required(EnrollmentInput), "The enrollment."),
)


ChangeEffectEnum = described(
    ChangeEffect,
    "How a change affects a step on a channel.",
    {
        "MOVED": "It is due at another time.",
        "DROPPED": "It will not be sent.",
        "ALREADY_SENT": "It was already sent, or is being sent, as planned before.",
        "ADDED": "It is newly planned.",
        "CORRECTION": "A correction of it will be sent.",
    },
)


class ReminderChange(ObjectType, access=STAFF_UP):
    """The effect of a change on one step and channel."""

    step_key = field(required(graphene.String), "The plan's step.")
    channel = field(ChannelEnum, "Null for a clinician's task.")
    effect = field(required(ChangeEffectEnum), "The effect.")
    was = field(DateTime, "When it was due or was sent before the change.")
    becomes = field(DateTime, "When it is due after the change.")


RescheduleEnrollmentPayload = payload_type(
    "RescheduleEnrollmentPayload",
    "The result of a mutation that changes times, reminder by reminder.",
    STAFF_UP,
    "Enrollment",
    enrollment=field(
        Enrollment, "The updated enrollment, unchanged by a dry run; null if refused."
    ),
    changes=field(list_of(ReminderChange), "The changes, for the whole visit."),
    warnings=warnings_field(STAFF_UP),
)


class RescheduleEnrollmentInput(graphene.InputObjectType):
    """A procedure and its new time."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    procedure_at = input_field(required(DateTime), "The new start of the procedure.")
    expected_procedure_at = input_field(
        DateTime,
        "The start time you last saw. The mutation is refused as STALE if the procedure "
        "was moved since.",
    )
    whole_visit = input_field(
        graphene.Boolean, "Move all procedures of the visit by the same amount.", default_value=True
    )
    dry_run = input_field(
        graphene.Boolean, "Only report what would change, without storing it.", default_value=False
    )
    idempotency_key = input_field(
        graphene.String, "Send the same key to repeat the request safely: the procedure moves once."
    )


reschedule_enrollment = field(
    RescheduleEnrollmentPayload,
    "Move a procedure together with all its waiting reminders, or change nothing. "
    "Messages whose sending has started stay as they are. If a message with the old "
    "date was sent, a correction follows, at most one a day.",
    _ENROLLMENT.mutation(RescheduleEnrollment, STAFF_UP, "idempotency_key"),
    input=argument(required(RescheduleEnrollmentInput), "The new time."),
)


class RecordProcedureInput(graphene.InputObjectType):
    """The outcome of a procedure. `plan` changes the plan if another procedure was performed."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")
    state = input_field(required(ProcedureStateEnum), "The outcome; PLANNED is refused.")
    ended_at = input_field(DateTime, "When the procedure ended; care steps are timed from then.")
    performed_by = input_field(graphene.String, "Who performed the procedure.")
    plan = input_field(
        graphene.String, "Slug of the plan for the procedure that was performed instead."
    )
    dry_run = input_field(
        graphene.Boolean, "Only report what would change, without storing it.", default_value=False
    )


record_procedure = field(
    RescheduleEnrollmentPayload,
    "Record the outcome of a procedure. Care messages are sent after it is PERFORMED, "
    "timed from its end. NO_SHOW and CANCELLED cancel the reminders that are waiting.",
    _ENROLLMENT.mutation(RecordProcedure, STAFF_UP, "performed_by", "plan"),
    input=argument(required(RecordProcedureInput), "The outcome."),
)
