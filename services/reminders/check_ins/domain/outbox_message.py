from datetime import datetime, timedelta

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import Mode
from services.reminders.core.outbound import OutboundKind


class OutboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be sent now, useful for `useful_for` from now, or `until` if that is set."""

    kind: OutboundKind
    mode: Mode
    clinic_id: int
    patient_id: int | None = None
    contact_point_id: int | None = None
    alert_contact_id: int | None = None
    enrollment_id: int | None = None
    channel: Channel
    text: str
    subject: str | None = None
    useful_for: timedelta = timedelta(hours=1)
    until: datetime | None = None
