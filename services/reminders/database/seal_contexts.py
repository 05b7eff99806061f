"""The contexts of sealed values. A value that is copied to another column cannot be opened."""

from typing import Final

from services.contracts.catalog import Channel

PATIENT_NAME: Final = "reminders.patient.name"
ADDRESS: Final = "reminders.contact_point.address"
CONSENT_EVIDENCE: Final = "reminders.consent.evidence"
END_REASON: Final = "reminders.enrollment.end_reason"
SUBJECT: Final = "reminders.outbound.subject"
BODY: Final = "reminders.outbound.body"
INBOUND_TEXT: Final = "reminders.inbound_message.text"
INBOUND_ADDRESS: Final = "reminders.inbound_message.address"
SUPPRESSION_EVIDENCE: Final = "reminders.suppression.evidence"
TASK_NOTE: Final = "reminders.staff_task.note"
CHECK_IN_ANSWER: Final = "reminders.check_in.answer"
ESCALATION_REASON: Final = "reminders.escalation.reason"
ESCALATION_NOTE: Final = "reminders.escalation.note"
ALERT_ADDRESS: Final = "reminders.alert_contact.address"
ERASE_REASON: Final = "reminders.patient.erase_reason"
IMPORT_FILE: Final = "reminders.import_job.file"
INPUT: Final = "reminders.idempotency.input"


def address_index(channel: Channel) -> str:
    """The index context of an address; contact points, suppressions and replies share it."""
    return f"reminders.address.{channel}"
