import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.fields import attribute, field, mapped, required
from services.gateway.schema.inbox.types import InboundMessage
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_type
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.private import person
from services.gateway.schema.reminders.types import Reminder
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.tasks import resolvers
from services.gateway.schema.tasks.enums import TaskKindEnum


class StaffTask(ObjectType, interfaces=(Node,)):
    """A task for the clinic's staff."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda task: ids.encode(resolvers.KIND, task.id), STAFF_UP),
    )
    kind = field(required(TaskKindEnum), "The kind of task.", attribute("kind", STAFF_UP))
    title = field(required(graphene.String), "What to do.", attribute("title", STAFF_UP))
    patient = field(
        Patient,
        "The patient it concerns; null if it concerns no single patient.",
        Batched(about.patients_of, STAFF_UP),
    )
    enrollment = field(
        Enrollment, "The enrollment that it belongs to.", Batched(about.enrollments_of, STAFF_UP)
    )
    reminder = field(
        Reminder,
        "The reminder that it concerns, or that was answered.",
        Batched(about.reminders_of, STAFF_UP),
    )
    message = field(
        InboundMessage, "The message that it concerns.", Batched(about.messages_of, STAFF_UP)
    )
    opened_at = field(required(DateTime), "When it was opened.", attribute("opened_at", STAFF_UP))
    due_at = field(DateTime, "When it is due, if it has a due time.", attribute("due_at", STAFF_UP))
    done_at = field(
        DateTime, "When it was done; null while it is open.", attribute("done_at", STAFF_UP)
    )
    done_by = field(graphene.String, "Who did it.", person("done_by"))
    note = field(graphene.String, "The note left when it was done.", attribute("note", STAFF_UP))


StaffTaskConnection = connection_type(StaffTask, "task", STAFF_UP, is_counted=True)
