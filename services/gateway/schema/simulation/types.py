import graphene

from services.gateway.schema.access import REGISTERS
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import attribute, field, input_field, required
from services.gateway.schema.plans.enums import StepKindEnum
from services.gateway.schema.reminders.types import Hold
from services.gateway.schema.scalars.times import DateTime


class PlanAt(graphene.InputObjectType):
    """A plan and the time of its procedure."""

    plan = input_field(required(graphene.String), "The plan's name in URLs.")
    procedure_at = input_field(required(DateTime), "When its procedure would start.")


class SimulatedReminder(graphene.ObjectType):
    """The message for one step on one channel."""

    step_key = field(
        required(graphene.String), "The plan's step.", attribute("step_key", REGISTERS)
    )
    kind = field(required(StepKindEnum), "What the step is for.", attribute("kind", REGISTERS))
    channel = field(ChannelEnum, "Null for a clinician's task.", attribute("channel", REGISTERS))
    due_at = field(required(DateTime), "When it would be sent.", attribute("due_at", REGISTERS))
    local_due_at = field(
        required(graphene.String),
        "The same time on the patient's clock, as in RFC 9557.",
        attribute("local_due_at", REGISTERS),
    )
    subject = field(graphene.String, "The subject, for an email.", attribute("subject", REGISTERS))
    body = field(
        graphene.String,
        "The text, including texts merged into it; null if nothing would be sent.",
        attribute("body", REGISTERS),
    )
    segments = field(
        graphene.Int, "The number of segments of a text message.", attribute("segments", REGISTERS)
    )
    hold = field(Hold, "Why it would be sent late or not at all.", attribute("hold", REGISTERS))
