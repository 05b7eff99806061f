"""Lists of tasks."""

from typing import Final

import graphene

from services.contracts.replies import ListTasks, TaskRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import Args, argument, at_root, required
from services.gateway.schema.keyset import Position, PrivateList, list_by_time
from services.gateway.schema.paging import Connection, connection_field
from services.gateway.schema.tasks.types import StaffTaskConnection, TaskKindEnum

_OF_CLINIC: Final[PrivateList[TaskRecord, Position]] = list_by_time(
    "tasks", lambda task: (task.opened_at, task.id)
)


async def tasks_asked_for(args: Args, request: GatewayRequest) -> Connection[TaskRecord]:
    filters = {**args, "is_open": args.get("open")}
    return await _OF_CLINIC.read_about_patient(ListTasks, filters, args, request)


class TaskQueries:
    tasks = connection_field(
        StaffTaskConnection,
        "Tasks for the clinic's staff, oldest first.",
        at_root(tasks_asked_for, STAFF_UP),
        open=argument(
            graphene.Boolean,
            "Open ones (true), done ones (false), or all (null).",
            default_value=True,
        ),
        kind=argument(graphene.List(required(TaskKindEnum)), "Any of these."),
        patient_id=argument(graphene.ID, "About this patient."),
    )
