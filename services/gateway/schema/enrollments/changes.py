"""The payload of mutations that change times."""

from typing import Final

import graphene

from services.contracts.enrollments import ChangeEffect, ChangeReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import EntityMutation
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.enrollments.payload import EnrollmentResult, refused
from services.gateway.schema.enrollments.resolvers import KIND
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.enums import described
from services.gateway.schema.fields import attribute, field, list_of, required
from services.gateway.schema.payloads import payload_type, warnings_field
from services.gateway.schema.refusals.values import user_errors
from services.gateway.schema.scalars.times import DateTime

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


class ReminderChange(graphene.ObjectType):
    """The effect of a change on one step and channel."""

    step_key = field(required(graphene.String), "The plan's step.", attribute("step_key", STAFF_UP))
    channel = field(ChannelEnum, "Null for a clinician's task.", attribute("channel", STAFF_UP))
    effect = field(required(ChangeEffectEnum), "The effect.", attribute("effect", STAFF_UP))
    was = field(
        DateTime, "When it was due or was sent before the change.", attribute("was", STAFF_UP)
    )
    becomes = field(DateTime, "When it is due after the change.", attribute("becomes", STAFF_UP))


RescheduleEnrollmentPayload = payload_type(
    "RescheduleEnrollmentPayload",
    "The result of a mutation that changes times, reminder by reminder.",
    STAFF_UP,
    enrollment=field(
        Enrollment,
        "The updated enrollment, unchanged by a dry run; null if refused.",
        attribute("enrollment", STAFF_UP),
    ),
    changes=field(
        list_of(ReminderChange),
        "The changes, for the whole visit.",
        attribute("changes", STAFF_UP),
    ),
    warnings=warnings_field(STAFF_UP),
)


def _changed(reply: ChangeReply, _request: GatewayRequest) -> EnrollmentResult:
    return EnrollmentResult(
        reply.enrollment, reply.cautions, user_errors(reply.refusals, KIND), reply.changes
    )


CHANGED_ENROLLMENT: Final = EntityMutation(KIND, "enrollment", _changed, refused)
