"""Escalations: patients who may need help."""

import graphene

from services.contracts.words import EscalationOutcome
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.check_ins.types import CheckIn, CheckInLevelEnum
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.enums import described
from services.gateway.schema.fields import Node, ObjectType, field, id_field, list_of, required
from services.gateway.schema.inbox import InboundMessage
from services.gateway.schema.paging import connection_type
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.private import named_by, person, personal
from services.gateway.schema.scalars import DateTime

EscalationOutcomeEnum = described(
    EscalationOutcome,
    "How an escalation ended.",
    {
        "ADVISED": "The patient was advised.",
        "SEEN_AT_CLINIC": "The patient was seen at the clinic.",
        "SENT_TO_EMERGENCY": "The patient was sent to emergency care.",
        "COULD_NOT_REACH": "Nobody could reach the patient.",
        "FALSE_ALARM": "All was well.",
        "OTHER": "Something else; the note says what.",
    },
)


class StaffAlert(ObjectType, access=SEES_CARE):
    """A message to a member of the clinic's staff, or to the operator."""

    tier = field(
        required(graphene.Int), "The tier of the escalation chain; tier 0 is alerted at once."
    )
    channel = field(required(graphene.String), "How it was sent.")
    sent_at = field(required(DateTime), "When.")
    state = field(required(graphene.String), "What became of the message.")


class Escalation(ObjectType, interfaces=(Node,), access=SEES_CARE):
    """A patient who may need help.

    It is open until it is resolved; staff are alerted until it is acknowledged.
    """

    id = id_field("Escalation", SEES_CARE)
    level = field(required(CheckInLevelEnum), "How urgent it is.")
    reason = field(required(graphene.String), "The rule that opened it.")
    patient = field(
        Patient,
        "Who may need help; null if several patients share the number.",
        named_by("patient_id", "Patient", SEES_CARE),
    )
    enrollment = field(
        Enrollment,
        "The enrollment that it belongs to.",
        named_by("enrollment_id", "Enrollment", SEES_CARE),
    )
    check_in = field(
        CheckIn, "The question that was answered.", named_by("check_in_id", "CheckIn", SEES_CARE)
    )
    message = field(
        InboundMessage,
        "The message that the patient sent, if there was one.",
        named_by("inbound_id", "InboundMessage", SEES_CARE),
    )
    opened_at = field(required(DateTime), "When it was opened.")
    alerts = field(list_of(StaffAlert), "The alerts that were sent, oldest first.")
    acknowledged_at = field(
        DateTime, "When somebody acknowledged it; while it is null, alerts continue."
    )
    acknowledged_by = field(graphene.String, "Who acknowledged it.", person("acknowledged_by"))
    resolved_at = field(DateTime, "When it was resolved; null while it is open.")
    resolved_by = field(graphene.String, "Who resolved it.", person("resolved_by"))
    outcome = field(EscalationOutcomeEnum, "How it ended.")
    note = field(graphene.String, "The note left when it was resolved.", personal("note"))


EscalationConnection = connection_type(Escalation, "escalation", SEES_CARE, is_counted=True)
