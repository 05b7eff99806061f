"""Reminders, their attempts and decisions."""

from collections.abc import Sequence

import graphene

from services.contracts.reminders import ReminderRecord, RenderReminder
from services.contracts.words import (
    AttemptOutcome,
    MessageDetail,
    ReminderOrder,
    ReminderStatus,
    Role,
)
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import ANY_KEY, SEES_CARE
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.catalog.plans.types import StepKindEnum
from services.gateway.schema.enums import MessageDetailEnum, described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    field,
    id_field,
    input_field,
    list_of,
    required,
)
from services.gateway.schema.paging import connection_type
from services.gateway.schema.private import named_by, personal
from services.gateway.schema.scalars import DateTime

ReminderStatusEnum = described(
    ReminderStatus,
    "The delivery status of a reminder.",
    {
        "SCHEDULED": "Waiting for its due time.",
        "QUEUED": "Claimed by a worker.",
        "SENDING": "Being handed to a provider.",
        "ACCEPTED": "The provider took it; whether it arrived is not known yet.",
        "DELIVERED": "A receipt says that it arrived.",
        "UNDELIVERED": "A receipt says that it did not arrive.",
        "FAILED": "No provider took it.",
        "UNKNOWN": "It is not known whether a provider took it. It is never resent automatically.",
        "SKIPPED": "Not sent when it was due, for a recorded reason.",
        "MERGED": "Its text is part of another reminder's message.",
        "CANCELLED": "No longer needed.",
        "EXPIRED": "Not sent in time to be useful.",
    },
)
AttemptOutcomeEnum = described(
    AttemptOutcome,
    "The outcome of an attempt to send a message.",
    {
        "OPEN": "Started, not finished.",
        "ACCEPTED": "The provider took it.",
        "REJECTED_FOR_NOW": "Refused for now; it can be tried again.",
        "REJECTED_FOR_GOOD": "Refused permanently.",
        "UNKNOWN": "It is not known whether the provider took it.",
    },
)
ReminderSortEnum = described(
    ReminderOrder,
    "The order of a list of reminders.",
    {"DUE_ASC": "Earliest due first.", "DUE_DESC": "Latest due first."},
    name="ReminderSort",
)


class Decision(ObjectType, access=SEES_CARE):
    """A decision about a reminder."""

    at = field(required(DateTime), "When.")
    code = field(required(graphene.String), "A stable name for programs.")
    text = field(required(graphene.String), "Text that can be shown to users.")


class Receipt(ObjectType, access=SEES_CARE):
    """A provider's later report about an attempt."""

    at = field(required(DateTime), "When the report arrived.")
    state = field(required(graphene.String), "What became of the message.")
    code = field(graphene.String, "The provider's reason.")


class DeliveryAttempt(ObjectType, access=SEES_CARE):
    """One call to one provider."""

    number = field(required(graphene.Int), "From 1.")
    provider = field(required(graphene.String), "The provider that was called.")
    started_at = field(required(DateTime), "When the call started.")
    outcome = field(required(AttemptOutcomeEnum), "How it ended.")
    code = field(graphene.String, "The provider's reason.")
    provider_reference = field(graphene.String, "The provider's id for the message.")
    receipts = field(list_of(Receipt), "Delivery receipts for this attempt, oldest first.")


class Hold(ObjectType, access=ANY_KEY):
    """Why a reminder waits past its due time."""

    code = field(required(graphene.String), "A stable name for programs.")
    text = field(required(graphene.String), "Text that can be shown to users.")
    until = field(DateTime, "When the hold ends; null if somebody must act.")


async def bodies_of(
    reminders: Sequence[ReminderRecord], args: Args, request: GatewayRequest
) -> Sequence[str | None]:
    """Return the text that was or would be sent; at another detail, render it for that detail."""
    if request.viewer.role == Role.OPERATOR:
        return [None] * len(reminders)
    detail: MessageDetail | None = args.get("detail")
    if detail is None:
        return [reminder.body for reminder in reminders]
    return await request.client.ask_many(
        [
            RenderReminder(scope=request.scope, reminder_id=reminder.id, detail=detail)
            for reminder in reminders
        ]
    )


class Reminder(ObjectType, interfaces=(Node,), access=SEES_CARE):
    """One step on one channel at one due time."""

    id = id_field("Reminder", SEES_CARE)
    enrollment = field(
        required("services.gateway.schema.enrollments.types.Enrollment"),
        "The enrollment that it belongs to.",
        named_by("enrollment_id", "Enrollment", SEES_CARE),
    )
    step_key = field(required(graphene.String), "The plan's step.")
    kind = field(required(StepKindEnum), "What the step is for.")
    title = field(required(graphene.String), "What it is about.")
    channel = field(ChannelEnum, "Null for a clinician's task.")
    status = field(required(ReminderStatusEnum), "The delivery status.")
    status_reason = field(graphene.String, "Code of the decision that led here.")
    hold = field(Hold, "Why it waits past its due time, if it does.")
    merged_into = field(
        lambda: Reminder,
        "The reminder of the same visit whose message includes this one's text, if merged.",
        named_by("merged_into", "Reminder", SEES_CARE),
    )
    due_at = field(required(DateTime), "When it is due.")
    local_due_at = field(
        required(graphene.String),
        "The due time on the patient's clock as in RFC 9557: local time, UTC offset and "
        "zone name, such as 2026-11-24T10:01:34-05:00[America/New_York].",
    )
    useful_until = field(required(DateTime), "After this time it is not sent.")
    subject = field(graphene.String, "The subject, for an email.", personal("subject"))
    body = field(
        graphene.String,
        "The exact text that was sent, or that would be sent. Null if it was purged or "
        "cannot be rendered.",
        Batched(bodies_of, SEES_CARE),
        detail=argument(MessageDetailEnum, "Render the text at this level of detail instead."),
    )
    attempts = field(list_of(DeliveryAttempt), "Calls to providers, in order.")
    why = field(list_of(Decision), "Every decision about this reminder, oldest first.")


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
