import msgspec

from services.contracts.catalog import AftercareStep
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.triage import Triage
from services.reminders.enrollments.domain.enrollment import Enrollment


class MatchedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it was rated for one enrollment.

    Without a check-in it reports a red flag that nothing had asked about. `is_late`: the question
    was closed. `is_ambiguous`: another patient with this phone has an open question too.
    """

    clinic_id: int
    enrollment: Enrollment
    step: AftercareStep
    triage: Triage
    check_in: CheckIn | None = None
    is_late: bool = False
    is_ambiguous: bool = False

    @property
    def counts(self) -> bool:
        """Late answers count only if they are RED."""
        return not self.is_late or self.triage.level is CheckInLevel.RED

    @property
    def is_clear_choice(self) -> bool:
        """Whether the whole text is an option of an open question."""
        return self.triage.choice is not None and not self.is_late and not self.is_ambiguous
