import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.check_ins.resolvers import check_ins_of
from services.gateway.schema.enrollments import resolvers
from services.gateway.schema.enrollments.enums import EnrollmentStatusEnum, ProcedureStateEnum
from services.gateway.schema.fields import argument, each, field, must, some
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import (
    PageInfo,
    after_argument,
    before_argument,
    first_argument,
    last_argument,
)
from services.gateway.schema.plans.types import AftercarePlan
from services.gateway.schema.private import care, personal
from services.gateway.schema.reminders.enums import ReminderStatusEnum
from services.gateway.schema.scalars.times import DateTime


class Enrollment(ObjectType, interfaces=(Node,)):
    """A patient following one version of a plan around one procedure."""

    id = field(
        must(graphene.ID),
        "Opaque, unique in the whole service.",
        each(lambda enrollment: ids.encode(resolvers.KIND, enrollment.id), SEES_CARE),
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
    plan_version = field(must(graphene.Int), "The version pinned.", care("plan.version"))
    status = field(must(EnrollmentStatusEnum), "Whether it still runs.", care("status"))
    created_at = field(must(DateTime), "When the patient was enrolled.", care("created_at"))
    procedure_at = field(must(DateTime), "Start, as planned or as it was.", care("procedure_at"))
    procedure_ended_at = field(DateTime, "When it ended, if known.", care("procedure_ended_at"))
    procedure_state = field(must(ProcedureStateEnum), "What became of it.", care("procedure_state"))
    performed_by = field(graphene.String, "Who did it.", personal("performed_by"))
    reference = field(graphene.String, "The clinic's own number.", care("reference"))
    visit_reference = field(
        graphene.String,
        "Enrollments with the same one are of one visit.",
        care("visit_reference"),
    )
    reminders = field(
        must("services.gateway.schema.reminders.types.ReminderConnection"),
        "What is and was sent, by due time. Page forward or backward; 20 when neither is said.",
        Batched(resolvers.reminders_of, SEES_CARE),
        first=first_argument(),
        after=after_argument(),
        last=last_argument(),
        before=before_argument(),
        status=argument(graphene.List(must(ReminderStatusEnum)), "Any of these."),
    )
    check_ins = field(
        some("services.gateway.schema.check_ins.types.CheckIn"),
        "What the patient was asked, oldest first.",
        Batched(check_ins_of, SEES_CARE),
    )


class EnrollmentEdge(graphene.ObjectType):
    """An enrollment in a list."""

    cursor = field(must(graphene.String), "Where the edge lies in its list.", care("cursor"))
    node = field(Enrollment, "The enrollment.", care("node"))


class EnrollmentConnection(graphene.ObjectType):
    """A page of a list of enrollments."""

    edges = field(some(EnrollmentEdge), "The enrollments with their cursors.", care("edges"))
    nodes = field(must(graphene.List(Enrollment)), "The enrollments alone.", care("nodes"))
    page_info = field(must(PageInfo), "Where the page lies in the list.", care("page_info"))
