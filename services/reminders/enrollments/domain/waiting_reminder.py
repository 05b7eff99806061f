import msgspec

from services.contracts.operations import Place
from services.reminders.enrollments.domain.replanning import Timing


class WaitingReminder(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    id: int
    plan_version_id: int
    step_key: str
    state_reason: str | None
    timing: Timing

    @property
    def place(self) -> Place:
        return self.clinic_id, self.id
