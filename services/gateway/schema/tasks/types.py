import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.fields import each, field, must, reads, some
from services.gateway.schema.inbox.types import InboundMessage
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import PageInfo
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.private import person
from services.gateway.schema.reminders.types import Reminder
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.tasks import resolvers
from services.gateway.schema.tasks.enums import TaskKindEnum


class StaffTask(ObjectType, interfaces=(Node,)):
    """Whatever a person must see to."""

    id = field(
        must(graphene.ID),
        "Opaque, unique in the whole service.",
        each(lambda task: ids.encode(resolvers.KIND, task.id), STAFF_UP),
    )
    kind = field(must(TaskKindEnum), "What it is.", reads("kind", STAFF_UP))
    title = field(must(graphene.String), "What is to be done.", reads("title", STAFF_UP))
    patient = field(
        Patient,
        "Whom it is about; null where that is not one patient.",
        Batched(about.patients_of, STAFF_UP),
    )
    enrollment = field(
        Enrollment, "The care it belongs to.", Batched(about.enrollments_of, STAFF_UP)
    )
    reminder = field(
        Reminder,
        "The reminder it is about, or that was answered.",
        Batched(about.reminders_of, STAFF_UP),
    )
    message = field(InboundMessage, "What was written.", Batched(about.messages_of, STAFF_UP))
    opened_at = field(must(DateTime), "Since when.", reads("opened_at", STAFF_UP))
    due_at = field(DateTime, "By when, where there is a time.", reads("due_at", STAFF_UP))
    done_at = field(DateTime, "When it was done; null: it is open.", reads("done_at", STAFF_UP))
    done_by = field(graphene.String, "Who did it.", person("done_by"))
    note = field(graphene.String, "What they noted.", reads("note", STAFF_UP))


class StaffTaskEdge(graphene.ObjectType):
    """A task in a list."""

    cursor = field(
        must(graphene.String), "Where the edge lies in its list.", reads("cursor", STAFF_UP)
    )
    node = field(StaffTask, "The task.", reads("node", STAFF_UP))


class StaffTaskConnection(graphene.ObjectType):
    """A page of a list of tasks."""

    edges = field(some(StaffTaskEdge), "The tasks with their cursors.", reads("edges", STAFF_UP))
    nodes = field(must(graphene.List(StaffTask)), "The tasks alone.", reads("nodes", STAFF_UP))
    page_info = field(
        must(PageInfo), "Where the page lies in the list.", reads("page_info", STAFF_UP)
    )
    total_count = field(
        graphene.Int,
        "How many there are in the whole list.",
        each(lambda page: page.count(), STAFF_UP),
    )
