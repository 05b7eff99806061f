"""What became of a procedure is recorded, and care waits until it is."""

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.words import EnrollmentStatus, ProcedureState, ReminderStatus
from services.reminders.enrollments.storage.enrollment_sweeps import EnrollmentSweeps
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, set_clock, step
from tests.support.reminders.moving import (
    VISIT,
    effects,
    enrolled,
    everything,
    newest,
    record,
    reschedule,
)
from tests.support.reminders.sending import Worker


def drain(worker: Worker) -> None:
    while worker.send_batch(Channel.SMS):
        pass


def test_care_counts_from_the_true_end(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))

    reply = record(
        clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=50), performed_by="Dr. Reis"
    )

    assert reply.enrollment is not None
    assert reply.enrollment.procedure_state is ProcedureState.PERFORMED
    assert reply.enrollment.procedure_ended_at == VISIT + timedelta(minutes=50)
    assert reply.enrollment.performed_by == "Dr. Reis"
    assert effects(reply.changes)["today"] == "MOVED"


def test_care_is_held_until_somebody_records_the_procedure(
    clinic: Clinic, engine: sa.Engine, worker: Worker
) -> None:
    enrolled(clinic)
    set_clock(engine, VISIT + timedelta(minutes=5))

    drain(worker)

    today = newest(clinic, "today")
    assert (today.status, worker.dispatcher.sent) == (ReminderStatus.SCHEDULED, [])
    assert today.hold is not None
    assert (today.hold.code, today.hold.until) == ("PROCEDURE_UNCONFIRMED", None)


def test_a_held_reminder_says_so_once(clinic: Clinic, engine: sa.Engine, worker: Worker) -> None:
    enrolled(clinic)
    for minutes in (5, 30, 60):
        set_clock(engine, VISIT + timedelta(minutes=minutes))
        drain(worker)

    codes = [why.code for why in newest(clinic, "today").why]
    assert codes.count("PROCEDURE_UNCONFIRMED") == 1


def test_preparation_goes_out_before_anything_is_recorded(
    clinic: Clinic, engine: sa.Engine, worker: Worker
) -> None:
    enrolled(clinic)
    set_clock(engine, VISIT - timedelta(hours=23))

    drain(worker)

    assert newest(clinic, "prepare").status is ReminderStatus.ACCEPTED


def test_what_was_held_goes_out_once_recorded(
    clinic: Clinic, engine: sa.Engine, worker: Worker
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(minutes=5))
    drain(worker)
    set_clock(engine, VISIT + timedelta(hours=1))

    record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=50))
    drain(worker)

    assert newest(clinic, "today").status is ReminderStatus.ACCEPTED
    assert len(worker.dispatcher.sent) == 1


def test_staff_are_asked_once_two_hours_after_its_time(clinic: Clinic, engine: sa.Engine) -> None:
    enrolled(clinic)
    sweeps = EnrollmentSweeps(engine)
    set_clock(engine, VISIT + timedelta(hours=1, minutes=59))
    sweeps.ask_about_procedures()
    assert clinic.service.count("staff_task", kind="PROCEDURE_UNCONFIRMED") == 0

    for _ in range(2):
        set_clock(engine, VISIT + timedelta(hours=2, minutes=1))
        sweeps.ask_about_procedures()

    assert clinic.service.count("staff_task", kind="PROCEDURE_UNCONFIRMED") == 1


def test_the_question_is_closed_when_it_is_answered(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=3))
    EnrollmentSweeps(engine).ask_about_procedures()

    record(clinic, enrollment.id, ended_at=VISIT + timedelta(hours=1))

    open_ones = clinic.service.count("staff_task", kind="PROCEDURE_UNCONFIRMED", done_at=None)
    assert open_ones == 0


def test_a_moved_procedure_is_asked_about_again(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=3))
    EnrollmentSweeps(engine).ask_about_procedures()
    reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))
    set_clock(engine, VISIT + timedelta(days=1, hours=3))

    EnrollmentSweeps(engine).ask_about_procedures()

    assert clinic.service.count("staff_task", kind="PROCEDURE_UNCONFIRMED") == 2
    assert clinic.service.count("staff_task", kind="PROCEDURE_UNCONFIRMED", done_at=None) == 1


@pytest.mark.parametrize("state", [ProcedureState.NO_SHOW, ProcedureState.CANCELLED])
def test_a_no_show_gets_no_care_and_no_check_ins(
    clinic: Clinic, engine: sa.Engine, worker: Worker, state: ProcedureState
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))

    reply = record(clinic, enrollment.id, state)
    set_clock(engine, VISIT + timedelta(days=3))
    drain(worker)

    assert reply.enrollment is not None
    assert reply.enrollment.status is EnrollmentStatus.CANCELLED
    assert reply.enrollment.procedure_state is state
    assert set(effects(reply.changes).values()) == {"DROPPED"}
    assert worker.dispatcher.sent == []
    assert clinic.service.count("staff_task", done_at=None) == 0


def test_a_no_show_recorded_by_mistake_can_be_corrected(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))
    record(clinic, enrollment.id, ProcedureState.NO_SHOW)

    reply = record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=50))

    assert reply.enrollment is not None
    assert reply.enrollment.status is EnrollmentStatus.ACTIVE
    assert effects(reply.changes) == {"today": "ADDED", "wash": "ADDED"}
    assert newest(clinic, "wash").status is ReminderStatus.SCHEDULED


def test_what_staff_ended_stays_ended(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    clinic.cancel(enrollment.id)

    reply = record(clinic, enrollment.id, ended_at=NOW - timedelta(minutes=1))

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_ALLOWED]


def test_recording_another_procedure_switches_to_its_plan(
    clinic: Clinic, engine: sa.Engine
) -> None:
    rest = msgspec.structs.replace(step("rest", day=1), title="Rest")
    laser = msgspec.structs.replace(PLAN, slug="laser-care", steps=(PLAN.steps[1], rest))
    clinic.service.source.plans[laser.slug] = laser
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))

    reply = record(clinic, enrollment.id, ended_at=VISIT + timedelta(hours=1), plan=laser.slug)

    assert reply.enrollment is not None
    assert reply.enrollment.plan.slug == "laser-care"
    waiting = clinic.reminders(status=(ReminderStatus.SCHEDULED,))
    assert sorted(task.step_key for task in waiting) == ["rest", "today"]
    assert newest(clinic, "wash").status_reason == "PLAN_CHANGED"


def test_a_procedure_done_earlier_than_planned_needs_its_end(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)

    refused = record(clinic, enrollment.id)
    done = record(clinic, enrollment.id, ended_at=NOW - timedelta(minutes=5))

    assert [(refusal.code, refusal.path) for refusal in refused.refusals] == [
        (UserErrorCode.REQUIRED, ("ended_at",))
    ]
    assert done.enrollment is not None
    assert done.enrollment.procedure_at == NOW - timedelta(minutes=5)
    assert effects(done.changes)["prepare"] == "DROPPED"


def test_a_dry_run_changes_no_row(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))
    before = everything(engine)

    rehearsed = record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=50), dry_run=True)
    called_off = record(clinic, enrollment.id, ProcedureState.NO_SHOW, dry_run=True)

    assert everything(engine) == before
    assert (effects(rehearsed.changes)["today"], effects(called_off.changes)["today"]) == (
        "MOVED",
        "DROPPED",
    )


def test_care_that_went_out_is_not_sent_again_when_the_end_is_corrected(
    clinic: Clinic, engine: sa.Engine, worker: Worker
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))
    record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=50))
    drain(worker)

    reply = record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=30))
    drain(worker)

    assert effects(reply.changes)["today"] == "ALREADY_SENT"
    assert len(worker.dispatcher.sent) == 1


def test_a_paper_copy_is_needed_if_the_first_advice_comes_too_late(
    clinic: Clinic, engine: sa.Engine
) -> None:
    """Done at nine in the evening, in the patient's quiet hours: the desk hands out paper."""
    enrollment = enrolled(clinic, procedure_at=VISIT.replace(hour=20))
    set_clock(engine, VISIT.replace(hour=21))

    reply = record(clinic, enrollment.id, ended_at=VISIT.replace(hour=21))

    assert ("PAPER_COPY_NEEDED", "today") in {
        (caution.code, caution.step_key) for caution in reply.cautions
    }


@pytest.mark.parametrize(
    ("state", "changes", "path"),
    [
        (ProcedureState.PERFORMED, {"ended_at": VISIT + timedelta(hours=9)}, "ended_at"),
        (ProcedureState.PERFORMED, {"performed_by": ""}, "performed_by"),
        (ProcedureState.PERFORMED, {"plan": "nothing"}, "plan"),
        (ProcedureState.NO_SHOW, {"ended_at": VISIT}, "ended_at"),
        (ProcedureState.CANCELLED, {"plan": PLAN.slug}, "plan"),
        (ProcedureState.PLANNED, {}, "state"),
    ],
)
def test_impossible_input_is_refused(
    clinic: Clinic,
    engine: sa.Engine,
    state: ProcedureState,
    changes: dict[str, object],
    path: str,
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))

    reply = record(clinic, enrollment.id, state, **changes)

    assert [refusal.path for refusal in reply.refusals] == [(path,)]


def test_a_no_show_is_refused_before_the_procedure(clinic: Clinic) -> None:
    reply = record(clinic, enrolled(clinic).id, ProcedureState.NO_SHOW)

    assert [refusal.path for refusal in reply.refusals] == [("state",)]


def test_another_clinics_enrollment_does_not_exist(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)

    reply = record(Clinic(clinic.service, "Other Clinic"), enrollment.id, ended_at=NOW)

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]


def test_a_caution_says_that_care_counts_from_the_start_without_an_end(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))

    reply = record(clinic, enrollment.id)

    assert "END_UNKNOWN" in {caution.code for caution in reply.cautions}
    assert reply.enrollment is not None
    assert reply.enrollment.procedure_ended_at is None
