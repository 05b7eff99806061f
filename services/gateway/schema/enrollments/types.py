import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.check_ins.resolvers import check_ins_of
from services.gateway.schema.enrollments import resolvers
from services.gateway.schema.enrollments.enums import ProcedureStateEnum
from services.gateway.schema.fields import argument, field, list_of, mapped, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_type, two_way_connection_field
from services.gateway.schema.plans.types import AftercarePlan
from services.gateway.schema.private import care, personal
from services.gateway.schema.reminders.enums import ReminderStatusEnum
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.shared_enums import EnrollmentStatusEnum


class Enrollment(ObjectType, interfaces=(Node,)):
    """A patient who follows one version of a plan for one procedure."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda enrollment: ids.encode(resolvers.KIND, enrollment.id), SEES_CARE),
    )
    patient = field(
        "services.gateway.schema.patients.types.Patient",
        "The patient.",
        Batched(about.patients_of, SEES_CARE),
    )
    plan = field(
        AftercarePlan,
        "The plan version of this enrollment, which may be older than the one in the "
        "catalog. Its procedures and release are those of the current catalog.",
        Batched(resolvers.plans_of, SEES_CARE),
    )
    plan_version = field(
        required(graphene.Int), "The plan version of this enrollment.", care("plan.version")
    )
    status = field(required(EnrollmentStatusEnum), "Whether it is still active.", care("status"))
    created_at = field(required(DateTime), "When the patient was enrolled.", care("created_at"))
    procedure_at = field(
        required(DateTime), "Start of the procedure, planned or actual.", care("procedure_at")
    )
    procedure_ended_at = field(
        DateTime, "When the procedure ended, if known.", care("procedure_ended_at")
    )
    procedure_state = field(
        required(ProcedureStateEnum), "The state of the procedure.", care("procedure_state")
    )
    performed_by = field(graphene.String, "Who performed the procedure.", personal("performed_by"))
    reference = field(graphene.String, "The clinic's own number.", care("reference"))
    visit_reference = field(
        graphene.String,
        "The clinic's number of the visit. Enrollments with the same one belong to one visit.",
        care("visit_reference"),
    )
    reminders = two_way_connection_field(
        required("services.gateway.schema.reminders.types.ReminderConnection"),
        "Past and planned reminders, by due time. Page forward or backward; the default "
        "is the first 20.",
        Batched(resolvers.reminders_of, SEES_CARE),
        status=argument(graphene.List(required(ReminderStatusEnum)), "Any of these."),
    )
    check_ins = field(
        list_of("services.gateway.schema.check_ins.types.CheckIn"),
        "The check-ins of this enrollment, oldest first.",
        Batched(check_ins_of, SEES_CARE),
    )


EnrollmentConnection = connection_type(Enrollment, "enrollment", SEES_CARE)
