import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import ANY_KEY, SEES_CARE
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import (
    argument,
    attribute,
    field,
    input_field,
    list_of,
    mapped,
    required,
)
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_type
from services.gateway.schema.plans.enums import StepKindEnum
from services.gateway.schema.private import care, personal
from services.gateway.schema.reminders import resolvers
from services.gateway.schema.reminders.enums import AttemptOutcomeEnum, ReminderStatusEnum
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.shared_enums import MessageDetailEnum


class Decision(graphene.ObjectType):
    """Something that was decided about a reminder."""

    at = field(required(DateTime), "When.", care("at"))
    code = field(required(graphene.String), "Stable name.", care("code"))
    text = field(required(graphene.String), "Ready to show.", care("text"))


class Receipt(graphene.ObjectType):
    """What a provider said later about an attempt."""

    at = field(required(DateTime), "When we heard it.", care("at"))
    state = field(required(graphene.String), "What became of the message.", care("state"))
    code = field(graphene.String, "The provider's reason.", care("code"))


class DeliveryAttempt(graphene.ObjectType):
    """One call to one provider."""

    number = field(required(graphene.Int), "From 1.", care("number"))
    provider = field(required(graphene.String), "Who was asked to carry it.", care("provider"))
    started_at = field(required(DateTime), "When it began.", care("started_at"))
    outcome = field(required(AttemptOutcomeEnum), "How it ended.", care("outcome"))
    code = field(graphene.String, "The provider's reason.", care("code"))
    provider_reference = field(
        graphene.String, "The provider's own number.", care("provider_reference")
    )
    receipts = field(list_of(Receipt), "What was said later, oldest first.", care("receipts"))


class Hold(graphene.ObjectType):
    """What keeps a reminder waiting beyond its time."""

    code = field(required(graphene.String), "Stable name.", attribute("code", ANY_KEY))
    text = field(required(graphene.String), "Ready to show.", attribute("text", ANY_KEY))
    until = field(DateTime, "Until when; null: until somebody acts.", attribute("until", ANY_KEY))


class Reminder(ObjectType, interfaces=(Node,)):
    """One step on one channel at one due time."""

    id = field(
        required(graphene.ID),
        "Opaque, unique in the whole service.",
        mapped(lambda reminder: ids.encode(resolvers.KIND, reminder.id), SEES_CARE),
    )
    enrollment = field(
        required("services.gateway.schema.enrollments.types.Enrollment"),
        "What it belongs to.",
        Batched(about.enrollments_of, SEES_CARE),
    )
    step_key = field(required(graphene.String), "The plan's step.", care("step_key"))
    kind = field(required(StepKindEnum), "What the step is for.", care("kind"))
    title = field(required(graphene.String), "What it is about.", care("title"))
    channel = field(ChannelEnum, "Null for a clinician's task.", care("channel"))
    status = field(required(ReminderStatusEnum), "Where it is on its way.", care("status"))
    status_reason = field(
        graphene.String, "Code of the decision that led here.", care("status_reason")
    )
    hold = field(Hold, "What keeps it waiting, if anything does.", care("hold"))
    merged_into = field(
        lambda: Reminder,
        "The reminder of the same visit that carries this one's text, if one does.",
        Batched(about.carriers_of, SEES_CARE),
    )
    due_at = field(required(DateTime), "When it goes.", care("due_at"))
    local_due_at = field(
        required(graphene.String),
        "The same on the patient's clock, by RFC 9557: local time, offset from UTC and the zone's "
        "name, as 2026-11-24T10:01:34-05:00[America/New_York].",
        care("local_due_at"),
    )
    useful_until = field(required(DateTime), "Past this it is not sent.", care("useful_until"))
    subject = field(graphene.String, "Of an email.", personal("subject"))
    body = field(
        graphene.String,
        "Without argument: exactly what was sent, else what would be. Null once purged or not "
        "renderable.",
        Batched(resolvers.bodies_of, SEES_CARE),
        detail=argument(MessageDetailEnum, "As it would read at this detail."),
    )
    attempts = field(list_of(DeliveryAttempt), "Calls to providers, in order.", care("attempts"))
    why = field(
        list_of(Decision), "Every decision taken about this reminder, oldest first.", care("why")
    )


ReminderConnection = connection_type(Reminder, "reminder", SEES_CARE)


class ReminderFilter(graphene.InputObjectType):
    """Which reminders to list."""

    patient_id = input_field(graphene.ID, "Of this patient.")
    status = input_field(graphene.List(required(ReminderStatusEnum)), "Any of these.")
    kind = input_field(graphene.List(required(StepKindEnum)), "Any of these.")
    channel = input_field(ChannelEnum, "On this channel.")
    plan = input_field(graphene.String, "Of the plan with this slug.")
    due_after = input_field(DateTime, "Due then or later.")
    due_before = input_field(DateTime, "Due earlier.")
