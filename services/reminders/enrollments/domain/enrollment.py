from datetime import datetime

import msgspec

from services.contracts.words import EnrollmentStatus, Mode, ProcedureState
from services.reminders.core.key import Key


class Enrollment(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    clinic_id: int
    mode: Mode
    patient_id: int
    plan_version_id: int
    status: EnrollmentStatus
    created_at: datetime
    procedure_at: datetime
    procedure_ended_at: datetime | None
    procedure_state: ProcedureState
    performed_by: str | None
    reference: str | None
    visit_reference: str | None

    @property
    def key(self) -> Key:
        return Key(self.clinic_id, self.mode, self.id)

    @property
    def patient_key(self) -> Key:
        return Key(self.clinic_id, self.mode, self.patient_id)

    @property
    def plan_key(self) -> tuple[int, int]:
        """The clinic's id and the plan version's."""
        return self.clinic_id, self.plan_version_id


class NewEnrollment(msgspec.Struct, frozen=True, kw_only=True):
    patient_id: int
    plan_version_id: int
    procedure_at: datetime
    procedure_ended_at: datetime | None
    procedure_state: ProcedureState
    performed_by: str | None
    reference: str | None
    visit_reference: str | None
    ends_at: datetime | None  # when the last step is of no more use


class EnrollmentChange(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of an enrollment; None leaves a field as it is."""

    status: EnrollmentStatus | None = None
    procedure_at: datetime | None = None
    procedure_ended_at: datetime | None = None
    procedure_state: ProcedureState | None = None
    performed_by: str | None = None
    plan_version_id: int | None = None
    ends_at: datetime | None = None
    asks_again: bool = False  # staff are asked again whether the procedure took place
