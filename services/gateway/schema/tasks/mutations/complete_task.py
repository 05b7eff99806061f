import dataclasses
from collections.abc import Sequence
from typing import Final

import graphene

from services.contracts.reminders import Scope
from services.contracts.replies import CompleteTask, TaskRecord, TaskReply
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Given, Subject
from services.gateway.schema.fields import argument, field, input_field, must, reads, some
from services.gateway.schema.refusals.types import UserError
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.refusals.values import user_errors
from services.gateway.schema.tasks.types import StaffTask


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


def _complete(scope: Scope, number: int, given: Given) -> CompleteTask:
    return CompleteTask(scope=scope, task_id=number, note=given.get("note"))


def _result(reply: TaskReply, _request: GatewayRequest) -> TaskResult:
    return TaskResult(reply.task, user_errors(reply.refusals, "StaffTask"))


_TASK: Final = Subject("StaffTask", "task", _result, lambda errors: TaskResult(user_errors=errors))


complete_task = field(
    StaffTaskPayload,
    "Say that a task is done. Doing it twice changes nothing.",
    Batched(_TASK.does(_complete, "note"), STAFF_UP),
    input=argument(must(CompleteTaskInput), "The task."),
)
