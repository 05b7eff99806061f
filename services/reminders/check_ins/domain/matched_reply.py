import msgspec

from services.contracts.catalog import AftercareStep
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.triage import Triage
from services.reminders.enrollments.domain.enrollment import Enrollment


class MatchedReply(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says about one enrollment. Without a check-in it tells of a red flag unasked.

    `is_late`: the question was closed. `is_doubtful`: another patient with this phone was asked
    something too.
    """

    clinic_id: int
    enrollment: Enrollment
    step: AftercareStep
    triage: Triage
    check_in: CheckIn | None = None
    is_late: bool = False
    is_doubtful: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether it counts: late answers do only when they are RED."""
        return not self.is_late or self.triage.level is CheckInLevel.RED

    @property
    def is_chosen(self) -> bool:
        """Whether it is an option, said and nothing else, of a question that is open."""
        return self.triage.choice is not None and not self.is_late and not self.is_doubtful
