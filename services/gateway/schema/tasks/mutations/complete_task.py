import graphene

from services.contracts.replies import CompleteTask
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Entity
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.payloads import record_payload
from services.gateway.schema.tasks.types import StaffTask


class CompleteTaskInput(graphene.InputObjectType):
    """A task that is done."""

    task_id = input_field(required(graphene.ID), "The task.")
    note = input_field(graphene.String, "A note on the outcome.")


StaffTaskPayload = record_payload(StaffTask, "task", "The updated task; null if refused.", STAFF_UP)

complete_task = field(
    StaffTaskPayload,
    "Mark a task as done. Doing it twice changes nothing.",
    Entity("StaffTask", "task").mutation(CompleteTask, STAFF_UP, "note"),
    input=argument(required(CompleteTaskInput), "The task."),
)
