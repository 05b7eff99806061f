"""What mutations of enrollments take and answer."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import graphene

from services.contracts.errors import Caution as Told
from services.contracts.reminders import EnrollmentRecord, EnrollmentReply
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Subject
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.fields import field, input_field, must, reads, some
from services.gateway.schema.refusals.types import Caution, UserError
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.refusals.values import user_errors


class EnrollmentInput(graphene.InputObjectType):
    """An enrollment."""

    enrollment_id = input_field(must(graphene.ID), "The enrollment.")


@dataclasses.dataclass(frozen=True, slots=True)
class EnrollmentResult:
    enrollment: EnrollmentRecord | None = None
    warnings: Sequence[Told] = ()
    user_errors: Sequence[Refused] = ()


class EnrollmentPayload(graphene.ObjectType):
    """What became of a mutation of an enrollment."""

    enrollment = field(
        Enrollment,
        "The enrollment as it is now; null when refused.",
        reads("enrollment", STAFF_UP),
    )
    warnings = field(
        some(Caution), "What will not happen as one might think.", reads("warnings", STAFF_UP)
    )
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", STAFF_UP)
    )


def result_of(reply: EnrollmentReply) -> EnrollmentResult:
    return EnrollmentResult(
        reply.enrollment, reply.cautions, user_errors(reply.refusals, "Enrollment")
    )


ENROLLMENT: Final[Subject[EnrollmentReply]] = Subject(
    "Enrollment",
    "enrollment",
    lambda reply, _request: result_of(reply),
    lambda errors: EnrollmentResult(user_errors=errors),
)
