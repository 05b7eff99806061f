from datetime import datetime

import msgspec

from services.contracts.words import TaskKind


class CareTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task for staff. The title does not name the patient."""

    clinic_id: int
    kind: TaskKind
    title: str
    patient_id: int | None = None
    enrollment_id: int | None = None
    outbound_id: int | None = None
    inbound_id: int | None = None
    step_key: str | None = None
    due_at: datetime | None = None
