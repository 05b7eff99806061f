"""What mutations that change times answer."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import graphene

from services.contracts.enrollments import ChangeEffect, ChangeReply
from services.contracts.enrollments import ReminderChange as Changed
from services.contracts.errors import Caution as Told
from services.contracts.reminders import EnrollmentRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Subject
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.enums import described
from services.gateway.schema.fields import field, must, reads, some
from services.gateway.schema.refusals.types import Caution, UserError
from services.gateway.schema.refusals.values import UserError as Refused
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

    step_key = field(must(graphene.String), "The plan's step.", reads("step_key", STAFF_UP))
    channel = field(ChannelEnum, "Null for a clinician's task.", reads("channel", STAFF_UP))
    effect = field(must(ChangeEffectEnum), "What becomes of it.", reads("effect", STAFF_UP))
    was = field(DateTime, "When it was due, or went out.", reads("was", STAFF_UP))
    becomes = field(DateTime, "When it goes now.", reads("becomes", STAFF_UP))


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeResult:
    enrollment: EnrollmentRecord | None = None
    changes: Sequence[Changed] = ()
    warnings: Sequence[Told] = ()
    user_errors: Sequence[Refused] = ()


class RescheduleEnrollmentPayload(graphene.ObjectType):
    """What became of a mutation that changes times, reminder by reminder."""

    enrollment = field(
        Enrollment,
        "The enrollment as it is now, which a rehearsal leaves as it was; null when refused.",
        reads("enrollment", STAFF_UP),
    )
    changes = field(
        some(ReminderChange), "What changes, of the whole visit.", reads("changes", STAFF_UP)
    )
    warnings = field(
        some(Caution), "What will not happen as one might think.", reads("warnings", STAFF_UP)
    )
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", STAFF_UP)
    )


def _changed(reply: ChangeReply, _request: GatewayRequest) -> ChangeResult:
    return ChangeResult(
        reply.enrollment, reply.changes, reply.cautions, user_errors(reply.refusals, "Enrollment")
    )


CHANGED_ENROLLMENT: Final = Subject(
    "Enrollment", "enrollment", _changed, lambda errors: ChangeResult(user_errors=errors)
)
