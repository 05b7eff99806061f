"""The schema type of a value, for fields of interface and union types."""

from services.contracts import catalog, check_ins, reminders, replies
from services.gateway.identity.people import Person
from services.gateway.schema.refusals import values
from services.gateway.snapshot.snapshot import LocalizedEntry

_NAMES = {
    catalog.Paragraph: "Paragraph",
    catalog.Checklist: "Checklist",
    catalog.Notice: "Notice",
    catalog.Procedure: "Procedure",
    catalog.Concern: "Concern",
    catalog.AftercarePlan: "AftercarePlan",
    Person: "Staff",
    reminders.ClinicRecord: "Clinic",
    reminders.PatientRecord: "Patient",
    reminders.EnrollmentRecord: "Enrollment",
    reminders.ReminderRecord: "Reminder",
    replies.InboundRecord: "InboundMessage",
    replies.TaskRecord: "StaffTask",
    check_ins.CheckInRecord: "CheckIn",
    check_ins.EscalationRecord: "Escalation",
    values.InputError: "InputError",
    values.NotFoundError: "NotFoundError",
    values.ConflictError: "ConflictError",
}


def type_name(value: object, _info: object, _type: object) -> str:
    """Return the name of the type; raises KeyError if the schema has none."""
    return _NAMES[type(value.entry if isinstance(value, LocalizedEntry) else value)]
