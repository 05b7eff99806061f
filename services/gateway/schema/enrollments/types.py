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
    """A patient following one version of a plan around one procedure."""

    id = field(
        required(graphene.ID),
        "Opaque, unique in the whole service.",
        mapped(lambda enrollment: ids.encode(resolvers.KIND, enrollment.id), SEES_CARE),
    )
    patient = field(
        "services.gateway.schema.patients.types.Patient",
        "Who is enrolled.",
        Batched(about.patients_of, SEES_CARE),
    )
    plan = field(
        AftercarePlan,
        "The plan as pinned, which may be older than the catalog's; its procedures and release "
        "are those of the catalog now.",
        Batched(resolvers.plans_of, SEES_CARE),
    )
    plan_version = field(required(graphene.Int), "The version pinned.", care("plan.version"))
    status = field(required(EnrollmentStatusEnum), "Whether it still runs.", care("status"))
    created_at = field(required(DateTime), "When the patient was enrolled.", care("created_at"))
    procedure_at = field(
        required(DateTime), "Start, as planned or as it was.", care("procedure_at")
    )
    procedure_ended_at = field(DateTime, "When it ended, if known.", care("procedure_ended_at"))
    procedure_state = field(
        required(ProcedureStateEnum), "What became of it.", care("procedure_state")
    )
    performed_by = field(graphene.String, "Who did it.", personal("performed_by"))
    reference = field(graphene.String, "The clinic's own number.", care("reference"))
    visit_reference = field(
        graphene.String,
        "Enrollments with the same one are of one visit.",
        care("visit_reference"),
    )
    reminders = two_way_connection_field(
        required("services.gateway.schema.reminders.types.ReminderConnection"),
        "What is and was sent, by due time. Page forward or backward; 20 when neither is said.",
        Batched(resolvers.reminders_of, SEES_CARE),
        status=argument(graphene.List(required(ReminderStatusEnum)), "Any of these."),
    )
    check_ins = field(
        list_of("services.gateway.schema.check_ins.types.CheckIn"),
        "What the patient was asked, oldest first.",
        Batched(check_ins_of, SEES_CARE),
    )


EnrollmentConnection = connection_type(Enrollment, "enrollment", SEES_CARE)
