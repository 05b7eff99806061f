import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field, must
from services.gateway.schema.paging import after_argument, first_argument
from services.gateway.schema.tasks.enums import TaskKindEnum
from services.gateway.schema.tasks.resolvers import tasks_asked_for
from services.gateway.schema.tasks.types import StaffTaskConnection


class TaskQueries:
    tasks = field(
        StaffTaskConnection,
        "What people at the clinic must see to, oldest first.",
        Batched(tasks_asked_for, STAFF_UP),
        first=first_argument(default_value=20),
        after=after_argument(),
        open=argument(
            graphene.Boolean,
            "Open ones (true), done ones (false), or all (null).",
            default_value=True,
        ),
        kind=argument(graphene.List(must(TaskKindEnum)), "Any of these."),
        patient_id=argument(graphene.ID, "About this patient."),
    )
