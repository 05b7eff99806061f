"""Says the messages of a visit that fall into one hour in one message."""

from services.contracts.events import ReminderChanged
from services.contracts.reminders import Scope
from services.reminders.core.visits import regroup
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork


def merge_visit(uow: EnrollmentsUnitOfWork, scope: Scope, enrollment: Enrollment) -> None:
    """Decide anew what is said in one; doing it twice changes nothing.

    To be called, in the same transaction, by whoever plans, moves or cancels messages of an
    enrollment, or changes whether it is active or its procedure was performed. It looks at the
    whole visit where the enrollment has a visit reference, else at the enrollment.
    """
    messages = uow.visits.lock(scope, enrollment)
    known = {one.id: one.state for one in messages}
    outside = {
        one.merged_into for one in messages if one.merged_into and one.merged_into not in known
    }
    if outside:
        known |= uow.visits.states(scope.clinic_id, outside)
    regrouping = regroup(messages, known, now=uow.now())
    for moved in uow.visits.apply(scope.clinic_id, regrouping):
        uow.announce(ReminderChanged(clinic_id=scope.clinic_id, reminder_id=moved))
