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
    """A decision about a reminder."""

    at = field(required(DateTime), "When.", care("at"))
    code = field(required(graphene.String), "A stable name for programs.", care("code"))
    text = field(required(graphene.String), "Text that can be shown to users.", care("text"))


class Receipt(graphene.ObjectType):
    """A provider's later report about an attempt."""

    at = field(required(DateTime), "When the report arrived.", care("at"))
    state = field(required(graphene.String), "What became of the message.", care("state"))
    code = field(graphene.String, "The provider's reason.", care("code"))


class DeliveryAttempt(graphene.ObjectType):
    """One call to one provider."""

    number = field(required(graphene.Int), "From 1.", care("number"))
    provider = field(required(graphene.String), "The provider that was called.", care("provider"))
    started_at = field(required(DateTime), "When the call started.", care("started_at"))
    outcome = field(required(AttemptOutcomeEnum), "How it ended.", care("outcome"))
    code = field(graphene.String, "The provider's reason.", care("code"))
    provider_reference = field(
        graphene.String, "The provider's id for the message.", care("provider_reference")
    )
    receipts = field(
        list_of(Receipt), "Delivery receipts for this attempt, oldest first.", care("receipts")
    )


class Hold(graphene.ObjectType):
    """Why a reminder waits past its due time."""

    code = field(
        required(graphene.String), "A stable name for programs.", attribute("code", ANY_KEY)
    )
    text = field(
        required(graphene.String), "Text that can be shown to users.", attribute("text", ANY_KEY)
    )
    until = field(
        DateTime, "When the hold ends; null if somebody must act.", attribute("until", ANY_KEY)
    )


class Reminder(ObjectType, interfaces=(Node,)):
    """One step on one channel at one due time."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda reminder: ids.encode(resolvers.KIND, reminder.id), SEES_CARE),
    )
    enrollment = field(
        required("services.gateway.schema.enrollments.types.Enrollment"),
        "The enrollment that it belongs to.",
        Batched(about.enrollments_of, SEES_CARE),
    )
    step_key = field(required(graphene.String), "The plan's step.", care("step_key"))
    kind = field(required(StepKindEnum), "What the step is for.", care("kind"))
    title = field(required(graphene.String), "What it is about.", care("title"))
    channel = field(ChannelEnum, "Null for a clinician's task.", care("channel"))
    status = field(required(ReminderStatusEnum), "The delivery status.", care("status"))
    status_reason = field(
        graphene.String, "Code of the decision that led here.", care("status_reason")
    )
    hold = field(Hold, "Why it waits past its due time, if it does.", care("hold"))
    merged_into = field(
        lambda: Reminder,
        "The reminder of the same visit whose message includes this one's text, if merged.",
        Batched(about.merge_hosts_of, SEES_CARE),
    )
    due_at = field(required(DateTime), "When it is due.", care("due_at"))
    local_due_at = field(
        required(graphene.String),
        "The due time on the patient's clock as in RFC 9557: local time, UTC offset and "
        "zone name, such as 2026-11-24T10:01:34-05:00[America/New_York].",
        care("local_due_at"),
    )
    useful_until = field(
        required(DateTime), "After this time it is not sent.", care("useful_until")
    )
    subject = field(graphene.String, "The subject, for an email.", personal("subject"))
    body = field(
        graphene.String,
        "The exact text that was sent, or that would be sent. Null if it was purged or "
        "cannot be rendered.",
        Batched(resolvers.bodies_of, SEES_CARE),
        detail=argument(MessageDetailEnum, "Render the text at this level of detail instead."),
    )
    attempts = field(list_of(DeliveryAttempt), "Calls to providers, in order.", care("attempts"))
    why = field(list_of(Decision), "Every decision about this reminder, oldest first.", care("why"))


ReminderConnection = connection_type(Reminder, "reminder", SEES_CARE)


class ReminderFilter(graphene.InputObjectType):
    """Filters for a list of reminders."""

    patient_id = input_field(graphene.ID, "Of this patient.")
    status = input_field(graphene.List(required(ReminderStatusEnum)), "Any of these.")
    kind = input_field(graphene.List(required(StepKindEnum)), "Any of these.")
    channel = input_field(ChannelEnum, "On this channel.")
    plan = input_field(graphene.String, "Of the plan with this slug.")
    due_after = input_field(DateTime, "Due at this time or later.")
    due_before = input_field(DateTime, "Due before this time.")
