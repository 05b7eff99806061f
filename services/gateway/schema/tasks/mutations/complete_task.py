import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.replies import CompleteTask, TaskRecord
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.fields import argument, field, input_field, must, reads, some
from services.gateway.schema.refusals.types import UserError
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.refusals.values import not_found, user_errors
from services.gateway.schema.tasks.types import StaffTask
from services.gateway.schema.texts import text_faults


class CompleteTaskInput(graphene.InputObjectType):
    """A task that somebody has seen to."""

    task_id = input_field(must(graphene.ID), "The task.")
    note = input_field(graphene.String, "What came of it.")


@dataclasses.dataclass(frozen=True, slots=True)
class TaskResult:
    task: TaskRecord | None = None
    user_errors: Sequence[Refused] = ()


class StaffTaskPayload(graphene.ObjectType):
    """What became of a mutation of a task."""

    task = field(StaffTask, "The task as it is now; null when refused.", reads("task", STAFF_UP))
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", STAFF_UP)
    )


_TEXTS: Final = {"note": "note"}


async def _complete(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[TaskResult]:
    given = args["input"]
    faults = text_faults(given, _TEXTS)
    if faults:
        return [TaskResult(user_errors=faults)]
    task_id = ids.decode_number("StaffTask", given["task_id"])
    if task_id is None:
        return [TaskResult(user_errors=[not_found("There is no such task.", "taskId")])]
    command = CompleteTask(scope=request.scope, task_id=task_id, note=given.get("note"))
    reply = await request.calls.replies.complete_task(
        command, command_id=command_id(request, command)
    )
    return [TaskResult(reply.task, user_errors(reply.refusals, "StaffTask"))]


complete_task = field(
    StaffTaskPayload,
    "Say that a task is done. Doing it twice changes nothing.",
    Batched(_complete, STAFF_UP),
    input=argument(must(CompleteTaskInput), "The task."),
)
