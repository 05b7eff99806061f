import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.enums import EnrollmentStatusEnum, ProcedureStateEnum
from services.gateway.schema.enrollments.resolvers import (
    enrollment_asked_for,
    enrollments_asked_for,
)
from services.gateway.schema.enrollments.types import Enrollment, EnrollmentConnection
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.paging import after_argument, first_argument
from services.gateway.schema.scalars.times import DateTime


class EnrollmentFilter(graphene.InputObjectType):
    """Which enrollments to list."""

    status = input_field(graphene.List(must(EnrollmentStatusEnum)), "Any of these.")
    procedure_state = input_field(graphene.List(must(ProcedureStateEnum)), "Any of these.")
    plan = input_field(graphene.String, "In the plan with this slug.")
    plan_version = input_field(graphene.Int, "In this version of their plan.")
    procedure_after = input_field(DateTime, "The procedure begins then or later.")
    procedure_before = input_field(DateTime, "The procedure begins earlier.")
    visit_reference = input_field(graphene.String, "Of this visit.")


class EnrollmentQueries:
    enrollment = field(
        Enrollment,
        "One enrollment, by id or by the clinic's own number; null when there is none.",
        Batched(enrollment_asked_for, STAFF_UP),
        id=argument(graphene.ID, "The enrollment's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
    enrollments = field(
        EnrollmentConnection,
        "The clinic's enrollments, by procedure, newest first.",
        Batched(enrollments_asked_for, STAFF_UP),
        first=first_argument(default_value=20),
        after=after_argument(),
        filter=argument(EnrollmentFilter, "Which to list."),
    )
