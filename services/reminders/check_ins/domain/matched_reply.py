import msgspec

from services.contracts.catalog import AftercareStep
from services.contracts.words import CheckInLevel
from services.reading.reading import Reading
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.enrollments.domain.enrollment import Enrollment


class MatchedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it was rated for one enrollment.

    Without a check-in it reports a red flag that nothing had asked about. `is_late`: the question
    was closed. `is_ambiguous`: another patient with this phone has an open question too.
    """

    clinic_id: int
    enrollment: Enrollment
    step: AftercareStep
    reading: Reading
    check_in: CheckIn | None = None
    is_late: bool = False
    is_ambiguous: bool = False

    @property
    def level(self) -> CheckInLevel:
        """The rating. A reply that is no answer at all is never matched."""
        return self.reading.level or CheckInLevel.UNCLEAR

    @property
    def is_red(self) -> bool:
        return self.level is CheckInLevel.RED

    @property
    def counts(self) -> bool:
        """Late answers count only if they are RED."""
        return not self.is_late or self.is_red

    @property
    def is_clear_choice(self) -> bool:
        """Whether the whole text is an option of an open question."""
        return self.reading.choice is not None and not self.is_late and not self.is_ambiguous
