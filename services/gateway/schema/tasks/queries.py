import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, required
from services.gateway.schema.paging import connection_field
from services.gateway.schema.tasks.enums import TaskKindEnum
from services.gateway.schema.tasks.resolvers import tasks_asked_for
from services.gateway.schema.tasks.types import StaffTaskConnection


class TaskQueries:
    tasks = connection_field(
        StaffTaskConnection,
        "Tasks for the clinic's staff, oldest first.",
        Batched(tasks_asked_for, STAFF_UP),
        open=argument(
            graphene.Boolean,
            "Open ones (true), done ones (false), or all (null).",
            default_value=True,
        ),
        kind=argument(graphene.List(required(TaskKindEnum)), "Any of these."),
        patient_id=argument(graphene.ID, "About this patient."),
    )
