"""What mutations of enrollments share."""

from typing import Final

import graphene

from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Entity
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.fields import field, input_field, required
from services.gateway.schema.payloads import payload_type, warnings_field


class EnrollmentInput(graphene.InputObjectType):
    """An enrollment."""

    enrollment_id = input_field(required(graphene.ID), "The enrollment.")


EnrollmentPayload = payload_type(
    "EnrollmentPayload",
    "The result of a mutation of an enrollment.",
    STAFF_UP,
    "Enrollment",
    enrollment=field(Enrollment, "The updated enrollment; null if refused."),
    warnings=warnings_field(STAFF_UP),
)

ENROLLMENT: Final = Entity("Enrollment", "enrollment")
