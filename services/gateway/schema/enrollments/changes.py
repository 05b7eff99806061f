"""The payload of mutations that change times."""

import graphene

from services.contracts.enrollments import ChangeEffect
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.enums import described
from services.gateway.schema.fields import ObjectType, field, list_of, required
from services.gateway.schema.payloads import payload_type, warnings_field
from services.gateway.schema.scalars import DateTime

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
