import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.check_ins.enums import CheckInLevelEnum
from services.gateway.schema.check_ins.types import CheckIn
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.escalations import resolvers
from services.gateway.schema.escalations.enums import EscalationOutcomeEnum
from services.gateway.schema.fields import field, list_of, mapped, required
from services.gateway.schema.inbox.types import InboundMessage
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_type
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.private import care, person, personal
from services.gateway.schema.scalars.times import DateTime


class StaffAlert(graphene.ObjectType):
    """A message to a member of the clinic's staff, or to the operator."""

    tier = field(
        required(graphene.Int),
        "The tier of the escalation chain; tier 0 is alerted at once.",
        care("tier"),
    )
    channel = field(required(graphene.String), "How it was sent.", care("channel"))
    sent_at = field(required(DateTime), "When.", care("sent_at"))
    state = field(required(graphene.String), "What became of the message.", care("state"))


class Escalation(ObjectType, interfaces=(Node,)):
    """A patient who may need help.

    It is open until it is resolved; staff are alerted until it is acknowledged.
    """

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda escalation: ids.encode(resolvers.KIND, escalation.id), SEES_CARE),
    )
    level = field(required(CheckInLevelEnum), "How urgent it is.", care("level"))
    reason = field(required(graphene.String), "The rule that opened it.", care("reason"))
    patient = field(
        Patient,
        "Who may need help; null if several patients share the number.",
        Batched(about.patients_of, SEES_CARE),
    )
    enrollment = field(
        Enrollment, "The enrollment that it belongs to.", Batched(about.enrollments_of, SEES_CARE)
    )
    check_in = field(
        CheckIn, "The question that was answered.", Batched(about.check_ins_of, SEES_CARE)
    )
    message = field(
        InboundMessage,
        "The message that the patient sent, if there was one.",
        Batched(about.messages_of, SEES_CARE),
    )
    opened_at = field(required(DateTime), "When it was opened.", care("opened_at"))
    alerts = field(list_of(StaffAlert), "The alerts that were sent, oldest first.", care("alerts"))
    acknowledged_at = field(
        DateTime,
        "When somebody acknowledged it; while it is null, alerts continue.",
        care("acknowledged_at"),
    )
    acknowledged_by = field(graphene.String, "Who acknowledged it.", person("acknowledged_by"))
    resolved_at = field(
        DateTime, "When it was resolved; null while it is open.", care("resolved_at")
    )
    resolved_by = field(graphene.String, "Who resolved it.", person("resolved_by"))
    outcome = field(EscalationOutcomeEnum, "How it ended.", care("outcome"))
    note = field(graphene.String, "The note left when it was resolved.", personal("note"))


EscalationConnection = connection_type(Escalation, "escalation", SEES_CARE, is_counted=True)
