import graphene

from services.gateway.schema.access import REGISTERS
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import attribute, field, input_field, required
from services.gateway.schema.plans.enums import StepKindEnum
from services.gateway.schema.reminders.types import Hold
from services.gateway.schema.scalars.times import DateTime


class PlanAt(graphene.InputObjectType):
    """A plan, and when its procedure would begin."""

    plan = input_field(required(graphene.String), "The plan's name in URLs.")
    procedure_at = input_field(required(DateTime), "When its procedure would begin.")


class SimulatedReminder(graphene.ObjectType):
    """What would be sent for one step on one channel."""

    step_key = field(
        required(graphene.String), "The plan's step.", attribute("step_key", REGISTERS)
    )
    kind = field(required(StepKindEnum), "What the step is for.", attribute("kind", REGISTERS))
    channel = field(ChannelEnum, "Null for a clinician's task.", attribute("channel", REGISTERS))
    due_at = field(required(DateTime), "When it would go.", attribute("due_at", REGISTERS))
    local_due_at = field(
        required(graphene.String),
        "The same on the patient's clock, by RFC 9557.",
        attribute("local_due_at", REGISTERS),
    )
    subject = field(graphene.String, "Of an email.", attribute("subject", REGISTERS))
    body = field(
        graphene.String,
        "What it would say, with the texts it carries; null where nothing would be sent.",
        attribute("body", REGISTERS),
    )
    segments = field(
        graphene.Int, "Parts that a text message takes.", attribute("segments", REGISTERS)
    )
    hold = field(
        Hold, "What keeps it from being sent as planned, or at all.", attribute("hold", REGISTERS)
    )
