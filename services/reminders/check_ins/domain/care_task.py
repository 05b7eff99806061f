"""Tasks for staff that follow from check-ins and lost messages."""

from datetime import datetime

import msgspec

from services.contracts.words import TaskKind
from services.reminders.check_ins.domain.check_in import CheckIn


class CareTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task for staff. The title does not name the patient.

    `escalates`: staff are alerted if the task is open when it is due.
    """

    clinic_id: int
    kind: TaskKind
    title: str
    patient_id: int | None = None
    enrollment_id: int | None = None
    outbound_id: int | None = None
    inbound_id: int | None = None
    step_key: str | None = None
    due_at: datetime
    escalates: bool = False


def check_in_task(check_in: CheckIn, kind: TaskKind, title: str, due_at: datetime) -> CareTask:
    """A task about a check-in."""
    return CareTask(
        clinic_id=check_in.key.clinic_id,
        kind=kind,
        title=title,
        patient_id=check_in.patient_id,
        enrollment_id=check_in.enrollment_id,
        outbound_id=check_in.outbound_id,
        step_key=check_in.step_key,
        due_at=due_at,
    )
