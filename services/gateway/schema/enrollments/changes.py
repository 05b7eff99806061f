"""What mutations that change times answer."""

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
    "What becomes of a step on a channel.",
    {
        "MOVED": "It is due at another time.",
        "DROPPED": "It will not be sent.",
        "ALREADY_SENT": "It went out, or is on its way, as it was planned before.",
        "ADDED": "It is planned now.",
        "CORRECTION": "A message puts right what it said.",
    },
)


class ReminderChange(graphene.ObjectType):
    """What becomes of one step on one channel."""

    step_key = field(required(graphene.String), "The plan's step.", attribute("step_key", STAFF_UP))
    channel = field(ChannelEnum, "Null for a clinician's task.", attribute("channel", STAFF_UP))
    effect = field(required(ChangeEffectEnum), "What becomes of it.", attribute("effect", STAFF_UP))
    was = field(DateTime, "When it was due, or went out.", attribute("was", STAFF_UP))
    becomes = field(DateTime, "When it goes now.", attribute("becomes", STAFF_UP))


RescheduleEnrollmentPayload = payload_type(
    "RescheduleEnrollmentPayload",
    "What became of a mutation that changes times, reminder by reminder.",
    STAFF_UP,
    enrollment=field(
        Enrollment,
        "The enrollment as it is now, which a rehearsal leaves as it was; null when refused.",
        attribute("enrollment", STAFF_UP),
    ),
    changes=field(
        list_of(ReminderChange),
        "What changes, of the whole visit.",
        attribute("changes", STAFF_UP),
    ),
    warnings=warnings_field(STAFF_UP),
)


def _changed(reply: ChangeReply, _request: GatewayRequest) -> EnrollmentResult:
    return EnrollmentResult(
        reply.enrollment, reply.cautions, user_errors(reply.refusals, KIND), reply.changes
    )


CHANGED_ENROLLMENT: Final = EntityMutation(KIND, "enrollment", _changed, refused)
