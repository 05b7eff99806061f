"""Escalations: patients who may need help."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import graphene

from services.contracts.check_ins import (
    AcknowledgeEscalation,
    EscalationRecord,
    EscalationReply,
    ListEscalations,
    ResolveEscalation,
)
from services.contracts.words import CheckInLevel, EscalationOutcome
from services.gateway.cursors import Key
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import SEES_CARE, STAFF_UP
from services.gateway.schema.check_ins import CheckIn, CheckInLevelEnum
from services.gateway.schema.commands import Entity, refused
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    at_root,
    field,
    id_field,
    input_field,
    list_of,
    required,
)
from services.gateway.schema.inbox import InboundMessage
from services.gateway.schema.inputs import invalid
from services.gateway.schema.keyset import PrivateList
from services.gateway.schema.paging import Connection, connection_field, connection_type
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.payloads import record_payload
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


def _key(escalation: EscalationRecord) -> Key:
    rank = 0 if escalation.level is CheckInLevel.RED else 1
    return rank, escalation.opened_at.isoformat(), escalation.id


def _position(key: Sequence[Any]) -> tuple[int, datetime, int]:
    rank, at, number = key
    return int(rank), datetime.fromisoformat(str(at)), int(number)


_OF_CLINIC: Final = PrivateList("escalations", _key, _position)


async def escalations_asked_for(
    args: Args, request: GatewayRequest
) -> Connection[EscalationRecord]:
    filters = {**args, "is_open": args.get("open")}
    return await _OF_CLINIC.read_about_patient(ListEscalations, filters, args, request)


class EscalationQueries:
    escalations = connection_field(
        EscalationConnection,
        "Patients who may need help: RED first, then oldest first.",
        at_root(escalations_asked_for, STAFF_UP),
        open=argument(
            graphene.Boolean,
            "Open ones (true), resolved ones (false), or all (null).",
            default_value=True,
        ),
        level=argument(graphene.List(required(CheckInLevelEnum)), "Any of these."),
        patient_id=argument(graphene.ID, "About this patient."),
    )


EscalationPayload = record_payload(
    Escalation, "escalation", "The updated escalation; null if refused.", STAFF_UP
)


_ESCALATION: Final = Entity("Escalation", "escalation")


class AcknowledgeEscalationInput(graphene.InputObjectType):
    """An escalation to acknowledge."""

    escalation_id = input_field(required(graphene.ID), "The escalation.")
    by = input_field(
        graphene.String, "Who acknowledges it; only for a credential that names no person."
    )


async def _acknowledge(args: Args, request: GatewayRequest) -> EscalationReply:
    """Refuse `by` with a personal key, which already says who acknowledges."""
    data = args["input"]
    if request.viewer.person is not None and data.get("by") is not None:
        message = "Leave `by` out: this key is one person's, by whose name it is acknowledged."
        return refused(AcknowledgeEscalation, [invalid(message, "by")])
    return await _ESCALATION.send(AcknowledgeEscalation, data, request, "by")


acknowledge_escalation = field(
    EscalationPayload,
    "Acknowledge an escalation, which stops further alerts. The first acknowledgment counts.",
    at_root(_acknowledge, STAFF_UP),
    input=argument(required(AcknowledgeEscalationInput), "The escalation."),
)


class ResolveEscalationInput(graphene.InputObjectType):
    """How an escalation ended."""

    escalation_id = input_field(required(graphene.ID), "The escalation.")
    outcome = input_field(required(EscalationOutcomeEnum), "How it ended.")
    note = input_field(graphene.String, "A note on the outcome.")


resolve_escalation = field(
    EscalationPayload,
    "Close an escalation and record its outcome. A RED one needs the key of a "
    "clinician or an administrator.",
    _ESCALATION.mutation(ResolveEscalation, STAFF_UP, "note"),
    input=argument(required(ResolveEscalationInput), "How it ended."),
)
