import graphene

from services.contracts.reminders import FindEnrollment
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.enums import ProcedureStateEnum
from services.gateway.schema.enrollments.resolvers import (
    KIND,
    enrollments_asked_for,
)
from services.gateway.schema.enrollments.types import Enrollment, EnrollmentConnection
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.lookup import by_id_or_reference
from services.gateway.schema.paging import connection_field
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.shared_enums import EnrollmentStatusEnum


class EnrollmentFilter(graphene.InputObjectType):
    """Filters for a list of enrollments."""

    status = input_field(graphene.List(required(EnrollmentStatusEnum)), "Any of these.")
    procedure_state = input_field(graphene.List(required(ProcedureStateEnum)), "Any of these.")
    plan = input_field(graphene.String, "Of the plan with this slug.")
    plan_version = input_field(graphene.Int, "Of this version of the plan.")
    procedure_after = input_field(DateTime, "The procedure starts at this time or later.")
    procedure_before = input_field(DateTime, "The procedure starts before this time.")
    visit_reference = input_field(graphene.String, "Of this visit.")


class EnrollmentQueries:
    enrollment = field(
        Enrollment,
        "One enrollment, by id or by the clinic's own number; null if there is none.",
        Batched(by_id_or_reference(KIND, FindEnrollment), STAFF_UP),
        id=argument(graphene.ID, "The enrollment's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
    enrollments = connection_field(
        EnrollmentConnection,
        "The clinic's enrollments, by time of the procedure, latest first.",
        Batched(enrollments_asked_for, STAFF_UP),
        filter=argument(EnrollmentFilter, "Filters for the list."),
    )
