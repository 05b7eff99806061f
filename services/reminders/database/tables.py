"""Every table of the reminders service.

Every table belongs to a clinic: its primary key is (clinic_id, id) and its unique keys start with
clinic_id, so that it can be partitioned by clinic without a rewrite. Columns named `…_sealed` hold
what `Vault.seal` made; `address_index` holds what `Vault.index` made.
"""

from services.reminders.database.care_tables import (
    clinic,
    consent,
    consent_code,
    contact_point,
    enrollment,
    enrollment_event,
    patient,
    plan_version,
    sender,
    suppression,
)
from services.reminders.database.check_in_tables import alert, alert_contact, check_in, escalation
from services.reminders.database.columns import SCHEMA, metadata
from services.reminders.database.delivery_tables import (
    decision,
    delivery_attempt,
    idempotency,
    inbound_message,
    inbox,
    outbound,
    receipt,
    staff_task,
)
from services.reminders.database.privacy_tables import audit, import_job, import_row, retention
from services.reminders.database.traffic_tables import (
    hold,
    operation,
    provider_change,
    provider_state,
    reading_rules,
)

__all__ = [
    "SCHEMA",
    "alert",
    "alert_contact",
    "audit",
    "check_in",
    "clinic",
    "consent",
    "consent_code",
    "contact_point",
    "decision",
    "delivery_attempt",
    "enrollment",
    "enrollment_event",
    "escalation",
    "hold",
    "idempotency",
    "import_job",
    "import_row",
    "inbound_message",
    "inbox",
    "metadata",
    "operation",
    "outbound",
    "patient",
    "plan_version",
    "provider_change",
    "provider_state",
    "reading_rules",
    "receipt",
    "retention",
    "sender",
    "staff_task",
    "suppression",
]
