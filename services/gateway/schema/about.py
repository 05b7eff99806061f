"""Resolvers of the records that others refer to by id, one ask for each type."""

from typing import Final

from services.gateway.schema.private import named_by

patients_of: Final = named_by("patient_id", "Patient")
enrollments_of: Final = named_by("enrollment_id", "Enrollment")
reminders_of: Final = named_by("reminder_id", "Reminder")
merge_hosts_of: Final = named_by("merged_into", "Reminder")
messages_of: Final = named_by("inbound_id", "InboundMessage")
check_ins_of: Final = named_by("check_in_id", "CheckIn")
escalations_of: Final = named_by("escalation_id", "Escalation")
