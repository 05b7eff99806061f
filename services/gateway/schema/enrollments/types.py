"""Enrollments of patients in plans."""

from collections.abc import Sequence

import graphene

from services.contracts import catalog
from services.contracts.reminders import EnrollmentRecord, ReminderRecord
from services.contracts.words import ProcedureState
from services.gateway.execution.batched import Batched, FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.catalog.edition import snapshot_of
from services.gateway.schema.catalog.plans.types import AftercarePlan
from services.gateway.schema.check_ins.types import check_ins_of
from services.gateway.schema.enums import EnrollmentStatusEnum, described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    attribute,
    field,
    id_field,
    list_of,
    required,
)
from services.gateway.schema.paging import Connection, connection_type, two_way_connection_field
from services.gateway.schema.private import named_by, personal
from services.gateway.schema.reminders.queries import list_reminders_of_many
from services.gateway.schema.reminders.types import ReminderStatusEnum
from services.gateway.schema.scalars import DateTime
from services.gateway.snapshot.snapshot import LocalizedEntry

ProcedureStateEnum = described(
    ProcedureState,
    "The state of the procedure.",
    {
        "PLANNED": "Not recorded as performed yet.",
        "PERFORMED": "Done.",
        "NO_SHOW": "The patient did not come.",
        "CANCELLED": "It was cancelled.",
    },
)


def plans_of(
    enrollments: Sequence[EnrollmentRecord], _args: Args, request: GatewayRequest
) -> list[LocalizedEntry[catalog.AftercarePlan]]:
    """Return the plan version of each enrollment, in the locale it was pinned in."""
    snapshot = snapshot_of(request)
    return [
        snapshot.edition(enrollment.plan.served_locale).localize(enrollment.plan)
        for enrollment in enrollments
    ]


async def reminders_of(
    enrollments: Sequence[EnrollmentRecord], args: Args, request: GatewayRequest
) -> list[Connection[ReminderRecord] | FieldRefused]:
    """List the reminders of each enrollment, all in one ask."""
    lists = [
        (
            f"enrollment:{enrollment.id}:reminders",
            {"enrollment_id": enrollment.id, "status": args.get("status")},
        )
        for enrollment in enrollments
    ]
    return await list_reminders_of_many(lists, args, request)


class Enrollment(ObjectType, interfaces=(Node,), access=SEES_CARE):
    """A patient who follows one version of a plan for one procedure."""

    id = id_field("Enrollment", SEES_CARE)
    patient = field(
        "services.gateway.schema.patients.types.Patient",
        "The patient.",
        named_by("patient_id", "Patient", SEES_CARE),
    )
    plan = field(
        AftercarePlan,
        "The plan version of this enrollment, which may be older than the one in the "
        "catalog. Its procedures and release are those of the current catalog.",
        Batched(plans_of, SEES_CARE),
    )
    plan_version = field(
        required(graphene.Int),
        "The plan version of this enrollment.",
        attribute("plan.version", SEES_CARE),
    )
    status = field(required(EnrollmentStatusEnum), "Whether it is still active.")
    created_at = field(required(DateTime), "When the patient was enrolled.")
    procedure_at = field(required(DateTime), "Start of the procedure, planned or actual.")
    procedure_ended_at = field(DateTime, "When the procedure ended, if known.")
    procedure_state = field(required(ProcedureStateEnum), "The state of the procedure.")
    performed_by = field(graphene.String, "Who performed the procedure.", personal("performed_by"))
    reference = field(graphene.String, "The clinic's own number.")
    visit_reference = field(
        graphene.String,
        "The clinic's number of the visit. Enrollments with the same one belong to one visit.",
    )
    reminders = two_way_connection_field(
        required("services.gateway.schema.reminders.types.ReminderConnection"),
        "Past and planned reminders, by due time. Page forward or backward; the default "
        "is the first 20.",
        Batched(reminders_of, SEES_CARE),
        status=argument(graphene.List(required(ReminderStatusEnum)), "Any of these."),
    )
    check_ins = field(
        list_of("services.gateway.schema.check_ins.types.CheckIn"),
        "The check-ins of this enrollment, oldest first.",
        Batched(check_ins_of, SEES_CARE),
    )


EnrollmentConnection = connection_type(Enrollment, "enrollment", SEES_CARE)
