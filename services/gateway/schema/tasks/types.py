"""Tasks for the staff of a clinic."""

import graphene

from services.contracts.words import TaskKind
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.enrollments.types import Enrollment
from services.gateway.schema.enums import described
from services.gateway.schema.fields import Node, ObjectType, field, id_field, required
from services.gateway.schema.inbox import InboundMessage
from services.gateway.schema.paging import connection_type
from services.gateway.schema.patients.types import Patient
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
