"""Inputs and payloads of mutations of enrollments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import graphene

from services.contracts.enrollments import ReminderChange
from services.contracts.errors import Caution
from services.contracts.reminders import EnrollmentRecord, EnrollmentReply
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import EntityMutation
from services.gateway.schema.enrollments.resolvers import KIND
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.fields import attribute, field, input_field, required
from services.gateway.schema.payloads import payload_type, warnings_field
from services.gateway.schema.refusals.values import UserError, user_errors


class EnrollmentInput(graphene.InputObjectType):
    """An enrollment."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")


@dataclass(frozen=True, slots=True)
class EnrollmentResult:
    """The value behind the payloads of enrollments."""

    enrollment: EnrollmentRecord | None = None
    warnings: Sequence[Caution] = ()
    user_errors: Sequence[UserError] = ()
    changes: Sequence[ReminderChange] = ()


EnrollmentPayload = payload_type(
    "EnrollmentPayload",
    "The result of a mutation of an enrollment.",
    STAFF_UP,
    enrollment=field(
        Enrollment,
        "The updated enrollment; null if refused.",
        attribute("enrollment", STAFF_UP),
    ),
    warnings=warnings_field(STAFF_UP),
)


def refused(errors: Sequence[UserError]) -> EnrollmentResult:
    return EnrollmentResult(user_errors=errors)


def result_of(reply: EnrollmentReply) -> EnrollmentResult:
    return EnrollmentResult(reply.enrollment, reply.cautions, user_errors(reply.refusals, KIND))


ENROLLMENT: Final[EntityMutation[EnrollmentReply]] = EntityMutation(
    KIND, "enrollment", lambda reply, _request: result_of(reply), refused
)
