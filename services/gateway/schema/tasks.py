"""Tasks for the staff of a clinic."""

from typing import Final

import graphene

from services.contracts.replies import CompleteTask, ListTasks, TaskRecord
from services.contracts.words import TaskKind
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Entity
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    at_root,
    field,
    id_field,
    input_field,
    required,
)
from services.gateway.schema.inbox import InboundMessage
from services.gateway.schema.keyset import Position, PrivateList, list_by_time
from services.gateway.schema.paging import Connection, connection_field, connection_type
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.payloads import record_payload
from services.gateway.schema.private import named_by, person
from services.gateway.schema.reminders.types import Reminder
from services.gateway.schema.scalars import DateTime

TaskKindEnum = described(
    TaskKind,
    "The kind of a task.",
    {
        "CLINICIAN_STEP": "A plan step for a clinician.",
        "PROCEDURE_UNCONFIRMED": "Nobody has recorded whether a procedure took place.",
        "UNREACHABLE": "A message did not arrive, or an address does not work.",
        "OPTED_OUT": "A patient in care opted out, or reported a message as spam.",
        "UNREAD_REPLY": "A patient's message that staff must read.",
        "UNMATCHED_REPLY": "A message that cannot be matched to one patient.",
        "UNREACHED": "A check-in was not answered.",
        "UNKNOWN_OUTCOME": "It is not known whether a message was sent.",
        "RENDER_FAILED": "The text of a message could not be rendered.",
        "OTHER": "Something else.",
    },
)


class StaffTask(ObjectType, interfaces=(Node,), access=STAFF_UP):
    """A task for the clinic's staff."""

    id = id_field("StaffTask", STAFF_UP)
    kind = field(required(TaskKindEnum), "The kind of task.")
    title = field(required(graphene.String), "What to do.")
    patient = field(
        Patient,
        "The patient it concerns; null if it concerns no single patient.",
        named_by("patient_id", "Patient", STAFF_UP),
    )
    enrollment = field(
        Enrollment,
        "The enrollment that it belongs to.",
        named_by("enrollment_id", "Enrollment", STAFF_UP),
    )
    reminder = field(
        Reminder,
        "The reminder that it concerns, or that was answered.",
        named_by("reminder_id", "Reminder", STAFF_UP),
    )
    message = field(
        InboundMessage,
        "The message that it concerns.",
        named_by("inbound_id", "InboundMessage", STAFF_UP),
    )
    opened_at = field(required(DateTime), "When it was opened.")
    due_at = field(DateTime, "When it is due, if it has a due time.")
    done_at = field(DateTime, "When it was done; null while it is open.")
    done_by = field(graphene.String, "Who did it.", person("done_by"))
    note = field(graphene.String, "The note left when it was done.")


StaffTaskConnection = connection_type(StaffTask, "task", STAFF_UP, is_counted=True)


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
