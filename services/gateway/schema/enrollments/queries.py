"""Lists of enrollments."""

from typing import Final

import graphene

from services.contracts.enrollments import FindEnrollments
from services.contracts.plain_text import is_plain, without_invisible
from services.contracts.reminders import EnrollmentRecord, FindEnrollment
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.types import (
    Enrollment,
    EnrollmentConnection,
    ProcedureStateEnum,
)
from services.gateway.schema.enums import EnrollmentStatusEnum
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.keyset import Position, PrivateList, list_by_time
from services.gateway.schema.paging import Connection, connection_field, page_request
from services.gateway.schema.private import by_id_or_reference
from services.gateway.schema.scalars import DateTime

_OF_CLINIC: Final[PrivateList[EnrollmentRecord, Position]] = list_by_time(
    "enrollments", lambda enrollment: (enrollment.procedure_at, enrollment.id)
)


async def enrollments_asked_for(
    args: Args, request: GatewayRequest
) -> Connection[EnrollmentRecord]:
    paging, filters = page_request(args), args.get("filter") or {}
    texts = (filters.get("plan") or "", filters.get("visit_reference") or "")
    if not all(map(is_plain, texts)) or (filters.get("plan_version") or 0) < 0:
        return Connection()
    if visit := filters.get("visit_reference"):
        filters = filters | {"visit_reference": without_invisible(visit)}
    return await _OF_CLINIC.read(FindEnrollments, filters, paging, request)


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
        by_id_or_reference("Enrollment", FindEnrollment, STAFF_UP),
        id=argument(graphene.ID, "The enrollment's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
    enrollments = connection_field(
        EnrollmentConnection,
        "The clinic's enrollments, by time of the procedure, latest first.",
        at_root(enrollments_asked_for, STAFF_UP),
        filter=argument(EnrollmentFilter, "Filters for the list."),
    )
