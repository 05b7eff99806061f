"""Messages of a visit that are merged into one."""

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.contracts.catalog import Channel, LatePolicy, StepKind
from services.contracts.reminders import CancelEnrollment, EnrollmentRecord, ReminderRecord
from services.contracts.words import ProcedureState, ReminderStatus
from services.reminders.core.key import Key
from services.reminders.database.tables import enrollment
from services.reminders.delivery.domain.outgoing import Accepted
from services.reminders.delivery.storage.sweeps import Sweeps
from services.reminders.enrollments.usecases.plan_reminders import merge_visit
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, Service, happened, set_clock, step
from tests.support.reminders.sending import Worker, begin, claim
from tests.support.reminders.units_of_work import units_of

SMS = (Channel.SMS,)
PEEL = msgspec.structs.replace(PLAN, slug="peel", steps=(step("peel", channels=SMS),))
NEEDLING = msgspec.structs.replace(PLAN, slug="needling", steps=(step("needling", channels=SMS),))
PROCEDURE = NOW + timedelta(days=2)
BOTH = {
    f"Rowan Clinic: Ana, a note about {first}.\nAna, a note about {other}. Reply STOP to opt out."
    for first, other in (("peel", "needling"), ("needling", "peel"))
}
DAY_TWO = PROCEDURE.replace(hour=10, minute=15) + timedelta(days=2)


@pytest.fixture
def visit(clinic: Clinic) -> tuple[EnrollmentRecord, EnrollmentRecord]:
    """One patient, two procedures on one day, each with a step at ten two days later."""
    clinic.service.source.plans |= {"peel": PEEL, "needling": NEEDLING}
    patient = clinic.register()
    return (
        clinic.enroll(patient.id, plan="peel", visit_reference="v1"),
        clinic.enroll(
            patient.id,
            plan="needling",
            visit_reference="v1",
            procedure_at=PROCEDURE + timedelta(hours=1),
        ),
    )


def cancel(clinic: Clinic, enrollment: EnrollmentRecord) -> None:
    clinic.service.do(CancelEnrollment(scope=clinic.scope(), enrollment_id=enrollment.id))


def merge(connection: sa.Connection, clinic: Clinic, enrollment_id: int) -> None:
    uow = units_of(clinic.service.vault).for_reading(connection)
    key = Key.within(clinic.scope(), enrollment_id)
    merge_visit(uow, clinic.scope(), uow.enrollments.get([key])[key])


def by_step(clinic: Clinic) -> dict[str, ReminderRecord]:
    return {reminder.step_key: reminder for reminder in clinic.reminders()}


def states(clinic: Clinic) -> dict[str, ReminderStatus]:
    return {key: item.status for key, item in by_step(clinic).items()}


@pytest.mark.usefixtures("visit")
def test_two_steps_of_a_visit_in_one_hour_are_one_message(clinic: Clinic) -> None:
    assert sorted(states(clinic).values()) == [ReminderStatus.MERGED, ReminderStatus.SCHEDULED]


@pytest.mark.usefixtures("visit")
def test_both_messages_say_why(clinic: Clinic) -> None:
    last = {reminder.status: reminder.why[-1].code for reminder in clinic.reminders()}

    assert last == {ReminderStatus.MERGED: "MERGED", ReminderStatus.SCHEDULED: "CARRIES"}


@pytest.mark.usefixtures("visit")
def test_the_host_shows_both_texts_before_it_is_sent(clinic: Clinic) -> None:
    host = next(
        reminder for reminder in clinic.reminders() if reminder.status is ReminderStatus.SCHEDULED
    )

    assert host.body in BOTH


@pytest.mark.usefixtures("visit")
def test_a_merged_message_names_its_host(clinic: Clinic) -> None:
    by_status = {reminder.status: reminder for reminder in clinic.reminders()}

    assert by_status[ReminderStatus.MERGED].merged_into == by_status[ReminderStatus.SCHEDULED].id


def test_enrollments_without_a_visit_stay_apart(clinic: Clinic) -> None:
    clinic.service.source.plans |= {"peel": PEEL, "needling": NEEDLING}
    patient = clinic.register()
    for plan in ("peel", "needling"):
        clinic.enroll(patient.id, plan=plan)

    assert set(states(clinic).values()) == {ReminderStatus.SCHEDULED}


@pytest.mark.usefixtures("visit")
def test_a_merged_text_is_sent_once_and_whole(worker: Worker, engine: sa.Engine) -> None:
    happened(engine)
    set_clock(engine, DAY_TWO)

    worker.send_batch(Channel.SMS)
    worker.send_batch(Channel.SMS)

    [sent] = worker.dispatcher.sent
    assert sent.text in BOTH


def test_a_merged_message_is_sent_by_itself_when_its_host_is_cancelled(
    clinic: Clinic,
    visit: tuple[EnrollmentRecord, EnrollmentRecord],
    worker: Worker,
    engine: sa.Engine,
) -> None:
    merged = next(
        reminder for reminder in clinic.reminders() if reminder.status is ReminderStatus.MERGED
    )
    carrying = next(record for record in visit if record.id != merged.enrollment_id)
    cancel(clinic, carrying)
    happened(engine)
    set_clock(engine, DAY_TWO)

    Sweeps(engine).release_merged()
    worker.send_batch(Channel.SMS)

    assert by_step(clinic)[merged.step_key].status is ReminderStatus.ACCEPTED


def test_nothing_is_sent_of_what_is_cancelled_while_merged(
    clinic: Clinic,
    visit: tuple[EnrollmentRecord, EnrollmentRecord],
    worker: Worker,
    engine: sa.Engine,
) -> None:
    merged = next(
        reminder for reminder in clinic.reminders() if reminder.status is ReminderStatus.MERGED
    )
    cancel(clinic, next(record for record in visit if record.id == merged.enrollment_id))
    happened(engine)
    set_clock(engine, DAY_TWO)

    worker.send_batch(Channel.SMS)

    assert [merged.step_key in message.text for message in worker.dispatcher.sent] == [False]


@pytest.mark.usefixtures("visit")
def test_a_message_sent_with_its_host_is_not_sent_again(worker: Worker, engine: sa.Engine) -> None:
    happened(engine)
    set_clock(engine, DAY_TWO)
    worker.dispatcher.answer = lambda message: Accepted(f"SM{message.attempt_id}")
    worker.send_batch(Channel.SMS)

    assert Sweeps(engine).release_merged() == []


@pytest.mark.usefixtures("visit")
def test_a_text_rendered_before_the_merge_changed_cannot_be_sent(
    clinic: Clinic, worker: Worker, engine: sa.Engine
) -> None:
    merged = next(
        reminder for reminder in clinic.reminders() if reminder.status is ReminderStatus.MERGED
    )
    set_clock(engine, DAY_TWO)
    claimed = claim(worker)
    with engine.begin() as connection:
        connection.execute(
            sa.update(enrollment)
            .where(enrollment.c.id == merged.enrollment_id)
            .values(procedure_state=ProcedureState.PERFORMED)
        )
        merge(connection, clinic, merged.enrollment_id)

    assert begin(worker, claimed) == []
    assert set(states(clinic).values()) == {ReminderStatus.SCHEDULED}


def test_a_late_enrollment_gets_all_useful_texts_in_one_message(
    clinic: Clinic, service: Service
) -> None:
    late = tuple(
        step(key, kind=StepKind.PREPARE, after=f"-P{days}D", useful_for="P9D", late=policy,
             channels=SMS)
        for key, days, policy in (
            ("sun", 7, LatePolicy.CATCH_UP),
            ("acids", 5, LatePolicy.CATCH_UP),
            ("lip", 3, LatePolicy.SEND_NOW),
            ("old", 4, LatePolicy.SKIP),
        )
    )  # fmt: skip
    service.source.plans["late"] = msgspec.structs.replace(PLAN, slug="late", steps=late)

    clinic.enroll(clinic.register().id, plan="late")

    by_status = states(clinic)
    assert sorted(by_status.values()) == [
        ReminderStatus.MERGED,
        ReminderStatus.MERGED,
        ReminderStatus.SCHEDULED,
        ReminderStatus.SKIPPED,
    ]
