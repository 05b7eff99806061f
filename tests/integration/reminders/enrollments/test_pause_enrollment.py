from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.enrollments import PauseEnrollment, ResumeEnrollment
from services.contracts.errors import UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.reminders import EnrollmentReply
from services.contracts.words import EnrollmentStatus, ReminderStatus
from services.reminders.delivery.storage.sweeps import Sweeps
from tests.support.reminders.aftercare import NOW, OVER_AT, PLAN, Clinic, set_clock
from tests.support.reminders.moving import VISIT, enrolled, newest, put, record
from tests.support.reminders.sending import Worker


def pause(clinic: Clinic, number: int) -> EnrollmentReply:
    return clinic.service.do(PauseEnrollment(scope=clinic.scope(), enrollment_id=number))


def resume(clinic: Clinic, number: int) -> EnrollmentReply:
    return clinic.service.do(ResumeEnrollment(scope=clinic.scope(), enrollment_id=number))


def test_nothing_of_a_paused_enrollment_is_sent(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    pause(clinic, enrolled(clinic).id)
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.sent == []
    assert newest(clinic, "prepare").status is ReminderStatus.SCHEDULED


def test_shows_the_pause_as_a_hold_at_once(clinic: Clinic) -> None:
    reply = pause(clinic, enrolled(clinic).id)

    assert reply.enrollment is not None
    assert reply.enrollment.status is EnrollmentStatus.PAUSED
    holds = {reminder.hold.code for reminder in clinic.reminders() if reminder.hold}
    assert holds == {"ENROLLMENT_PAUSED"}


def test_what_has_begun_goes_on(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    begun = newest(clinic, "prepare")
    put(engine, begun.id, ReminderStatus.SENDING)

    pause(clinic, enrollment.id)

    assert newest(clinic, "prepare").status is ReminderStatus.SENDING


def test_what_is_resumed_in_time_goes_as_planned(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrollment = enrolled(clinic)
    planned = {reminder.step_key: reminder.due_at for reminder in clinic.reminders()}
    pause(clinic, enrollment.id)

    reply = resume(clinic, enrollment.id)

    assert reply.enrollment is not None
    assert reply.enrollment.status is EnrollmentStatus.ACTIVE
    assert {reminder.step_key: reminder.due_at for reminder in clinic.reminders()} == planned
    assert {reminder.hold for reminder in clinic.reminders()} == {None}
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)
    worker.send_batch(Channel.SMS)
    assert len(worker.dispatcher.sent) == 1


def test_what_the_pause_made_late_follows_its_steps_policy(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic, procedure_at=OVER_AT, procedure_ended_at=OVER_AT)
    pause(clinic, enrollment.id)
    set_clock(engine, NOW + timedelta(days=2))

    reply = resume(clinic, enrollment.id)

    assert newest(clinic, "wash").status is ReminderStatus.SKIPPED
    assert ("LATE_SKIPPED", "wash") in {
        (caution.code, caution.step_key) for caution in reply.cautions
    }


def test_what_outlasts_its_usefulness_in_a_pause_expires(clinic: Clinic, engine: sa.Engine) -> None:
    pause(clinic, enrolled(clinic).id)
    set_clock(engine, VISIT)

    Sweeps(engine).expire()

    assert newest(clinic, "prepare").status is ReminderStatus.EXPIRED


def test_what_expired_in_a_pause_is_named_when_it_ends(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    pause(clinic, enrollment.id)
    set_clock(engine, VISIT)
    Sweeps(engine).expire()

    reply = resume(clinic, enrollment.id)

    named = [caution.step_key for caution in reply.cautions if caution.code == "EXPIRED_IN_PAUSE"]
    assert named == ["prepare"]


def test_what_expired_before_a_pause_is_not_named_when_it_ends(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT)
    Sweeps(engine).expire()
    pause(clinic, enrollment.id)
    set_clock(engine, VISIT + timedelta(minutes=1))

    reply = resume(clinic, enrollment.id)

    assert newest(clinic, "prepare").status is ReminderStatus.EXPIRED
    assert "prepare" not in {caution.step_key for caution in reply.cautions}


def test_a_consent_given_in_a_pause_sends_nothing_before_its_end(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrollment = enrolled(clinic)
    pause(clinic, enrollment.id)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.SCHEDULED, hold_id=None)
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.sent == []
    assert newest(clinic, "prepare").status_reason == "ENROLLMENT_PAUSED"


def test_pausing_and_resuming_twice_change_nothing(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    assert pause(clinic, enrollment.id) == pause(clinic, enrollment.id)
    resume(clinic, enrollment.id)
    before = clinic.reminders()

    resume(clinic, enrollment.id)

    assert clinic.reminders() == before


def test_a_paused_enrollment_stays_held_when_its_procedure_is_recorded(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    pause(clinic, enrollment.id)
    set_clock(engine, VISIT + timedelta(hours=1))

    record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=30))

    hold = newest(clinic, "today").hold
    assert hold is not None
    assert hold.code == "ENROLLMENT_PAUSED"


def test_pausing_splits_a_message_shared_with_another_enrollment(
    clinic: Clinic,
) -> None:
    other = msgspec.structs.replace(PLAN, slug="laser-care")
    clinic.service.source.plans[other.slug] = other
    enrollment = enrolled(clinic, visit_reference="V1")
    two = clinic.enroll(enrollment.patient_id, plan=other.slug, visit_reference="V1")
    assert {reminder.status for reminder in clinic.reminders(enrollment_id=two.id)} == {
        ReminderStatus.MERGED
    }

    for paused, going in ((enrollment.id, two.id), (two.id, enrollment.id)):
        pause(clinic, paused)
        held = clinic.reminders(enrollment_id=paused)
        free = clinic.reminders(enrollment_id=going)
        assert {reminder.hold.code for reminder in held if reminder.hold} == {"ENROLLMENT_PAUSED"}
        assert all(reminder.hold for reminder in held)
        assert {(reminder.status, reminder.hold) for reminder in free} == {
            (ReminderStatus.SCHEDULED, None)
        }
        resume(clinic, paused)


def test_each_change_is_announced(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    clinic.service.events.clear()

    pause(clinic, enrollment.id)

    announced = {event.reminder_id for event in clinic.service.events_of(ReminderChanged)}
    assert announced == {reminder.id for reminder in clinic.reminders()}


@pytest.mark.parametrize("act", [pause, resume])
def test_what_is_over_is_neither_paused_nor_resumed(clinic: Clinic, act: object) -> None:
    enrollment = enrolled(clinic)
    clinic.cancel(enrollment.id)

    reply = act(clinic, enrollment.id)  # type: ignore[operator]  # one of the two functions above

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_ALLOWED]


@pytest.mark.parametrize("act", [pause, resume])
def test_another_clinics_enrollment_does_not_exist(clinic: Clinic, act: object) -> None:
    enrollment = enrolled(clinic)

    reply = act(Clinic(clinic.service, "Other Clinic"), enrollment.id)  # type: ignore[operator]  # same

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]
