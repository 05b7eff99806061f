import pytest
import sqlalchemy as sa

from services.contracts.errors import UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.reminders import CancelEnrollment, EnrollmentReply
from services.contracts.words import EnrollmentStatus, ReminderStatus
from services.reminders.database.tables import enrollment, outbound
from tests.support.reminders.aftercare import Clinic


def cancel(clinic: Clinic, number: int) -> EnrollmentReply:
    command = CancelEnrollment(scope=clinic.scope(), enrollment_id=number, reason="She moved away")
    return clinic.service.do(command)


def put(engine: sa.Engine, reminder_id: int, state: ReminderStatus, other: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.update(outbound)
            .where(outbound.c.id == reminder_id)
            .values(state=state, merged_into=other if state is ReminderStatus.MERGED else None)
        )


def test_nothing_unsent_is_sent(clinic: Clinic) -> None:
    enrolled = clinic.enroll(clinic.register().id)

    reply = cancel(clinic, enrolled.id)

    assert reply.enrollment is not None
    assert reply.enrollment.status is EnrollmentStatus.CANCELLED
    assert {reminder.status for reminder in clinic.reminders()} == {ReminderStatus.CANCELLED}


def test_a_cancelled_reminder_records_why_it_was_cancelled(clinic: Clinic) -> None:
    enrolled = clinic.enroll(clinic.register().id)

    cancel(clinic, enrolled.id)

    assert {reminder.why[-1].code for reminder in clinic.reminders()} == {"ENROLLMENT_CANCELLED"}


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (ReminderStatus.QUEUED, ReminderStatus.CANCELLED),
        (ReminderStatus.MERGED, ReminderStatus.CANCELLED),
        (ReminderStatus.SENDING, ReminderStatus.SENDING),
        (ReminderStatus.UNKNOWN, ReminderStatus.UNKNOWN),
        (ReminderStatus.ACCEPTED, ReminderStatus.ACCEPTED),
        (ReminderStatus.SKIPPED, ReminderStatus.SKIPPED),
    ],
)
def test_what_has_begun_goes_on(
    clinic: Clinic, engine: sa.Engine, state: ReminderStatus, becomes: ReminderStatus
) -> None:
    enrolled = clinic.enroll(clinic.register().id)
    first, second, *_ = clinic.reminders()
    put(engine, first.id, state, second.id)

    cancel(clinic, enrolled.id)

    assert clinic.reminders(limit=1)[0].status is becomes


def test_cancelling_twice_changes_nothing(clinic: Clinic) -> None:
    enrolled = clinic.enroll(clinic.register().id)
    first = cancel(clinic, enrolled.id)
    before = clinic.reminders()

    assert cancel(clinic, enrolled.id) == first
    assert clinic.reminders() == before


def test_cancelling_closes_the_clinicians_steps(clinic: Clinic) -> None:
    enrolled = clinic.enroll(clinic.register().id)

    cancel(clinic, enrolled.id)

    assert clinic.service.count("staff_task", done_at=None) == 0


def test_each_cancelled_reminder_is_announced(clinic: Clinic) -> None:
    enrolled = clinic.enroll(clinic.register().id)
    clinic.service.events.clear()

    cancel(clinic, enrolled.id)

    announced = {event.reminder_id for event in clinic.service.events_of(ReminderChanged)}
    assert announced == {reminder.id for reminder in clinic.reminders()}


def test_another_clinics_enrollment_does_not_exist(clinic: Clinic) -> None:
    enrolled = clinic.enroll(clinic.register().id)

    reply = cancel(Clinic(clinic.service, "Other Clinic"), enrolled.id)

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]


def test_the_reason_is_sealed(clinic: Clinic, engine: sa.Engine) -> None:
    cancel(clinic, clinic.enroll(clinic.register().id).id)

    with engine.connect() as connection:
        sealed = connection.execute(sa.select(enrollment.c.end_reason_sealed)).scalar_one()
    assert sealed is not None
    assert b"moved" not in sealed


def test_the_same_procedure_can_be_enrolled_again_after_cancelling(clinic: Clinic) -> None:
    patient = clinic.register()
    cancel(clinic, clinic.enroll(patient.id).id)

    assert clinic.enroll(patient.id).status is EnrollmentStatus.ACTIVE
