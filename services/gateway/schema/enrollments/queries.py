import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.resolvers import enrollment_asked_for
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.fields import argument, field


class EnrollmentQueries:
    enrollment = field(
        Enrollment,
        "One enrollment, by id or by the clinic's own number; null when there is none.",
        Batched(enrollment_asked_for, STAFF_UP),
        id=argument(graphene.ID, "The enrollment's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
