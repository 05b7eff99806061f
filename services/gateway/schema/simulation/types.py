import graphene

from services.gateway.schema.access import REGISTERS
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import field, input_field, must, reads
from services.gateway.schema.plans.enums import StepKindEnum
from services.gateway.schema.reminders.types import Hold
from services.gateway.schema.scalars.times import DateTime


class PlanAt(graphene.InputObjectType):
    """A plan, and when its procedure would begin."""

    plan = input_field(must(graphene.String), "The plan's name in URLs.")
    procedure_at = input_field(must(DateTime), "When its procedure would begin.")


class SimulatedReminder(graphene.ObjectType):
    """What would be sent for one step on one channel."""

    step_key = field(must(graphene.String), "The plan's step.", reads("step_key", REGISTERS))
    kind = field(must(StepKindEnum), "What the step is for.", reads("kind", REGISTERS))
    channel = field(ChannelEnum, "Null for a clinician's task.", reads("channel", REGISTERS))
    due_at = field(must(DateTime), "When it would go.", reads("due_at", REGISTERS))
    local_due_at = field(
        must(graphene.String),
        "The same on the patient's clock, by RFC 9557.",
        reads("local_due_at", REGISTERS),
    )
    subject = field(graphene.String, "Of an email.", reads("subject", REGISTERS))
    body = field(
        graphene.String,
        "What it would say, with the texts it carries; null where nothing would be sent.",
        reads("body", REGISTERS),
    )
    segments = field(graphene.Int, "Parts that a text message takes.", reads("segments", REGISTERS))
    hold = field(
        Hold, "What keeps it from being sent as planned, or at all.", reads("hold", REGISTERS)
    )
