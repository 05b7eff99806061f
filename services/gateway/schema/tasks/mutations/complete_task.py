from typing import Final

import graphene

from services.contracts.reminders import Scope
from services.contracts.replies import CompleteTask, TaskReply
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import EntityMutation, InputData
from services.gateway.schema.fields import (
    argument,
    field,
    input_field,
    required,
)
from services.gateway.schema.payloads import Result, record_payload
from services.gateway.schema.refusals.values import user_errors
from services.gateway.schema.tasks.resolvers import KIND
from services.gateway.schema.tasks.types import StaffTask


class CompleteTaskInput(graphene.InputObjectType):
    """A task that is done."""

    task_id = input_field(required(graphene.ID), "The task.")
    note = input_field(graphene.String, "A note on the outcome.")


StaffTaskPayload = record_payload(StaffTask, "task", "The updated task; null if refused.", STAFF_UP)


def _complete(scope: Scope, number: int, data: InputData) -> CompleteTask:
    return CompleteTask(scope=scope, task_id=number, note=data.get("note"))


def _result(reply: TaskReply, _request: GatewayRequest) -> object:
    return Result(reply.task, user_errors(reply.refusals, KIND))


_TASK: Final = EntityMutation(KIND, "task", _result)


complete_task = field(
    StaffTaskPayload,
    "Mark a task as done. Doing it twice changes nothing.",
    Batched(_TASK.resolver(_complete, "note"), STAFF_UP),
    input=argument(required(CompleteTaskInput), "The task."),
)
