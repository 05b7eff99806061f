"""What happens to enrollments by time alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa

from services.contracts.words import EnrollmentStatus, ReminderStatus
from services.reminders.enrollments.storage.enrollment_sweeps import EnrollmentSweeps
from tests.support.reminders.aftercare import Clinic, set_clock
from tests.support.reminders.moving import VISIT, enrolled, newest, put, record

LONG_AFTER = VISIT + timedelta(days=60)


def status(clinic: Clinic, number: int) -> EnrollmentStatus:
    page = clinic.enrollments()
    return next(item.status for item in page if item.id == number)


def performed(clinic: Clinic, engine: sa.Engine) -> int:
    """An enrollment whose last step is over, with nothing left to do."""
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))
    record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=30))
    with engine.begin() as connection:
        connection.execute(sa.text("update reminders.outbound set state = 'DELIVERED'"))
    set_clock(engine, LONG_AFTER)
    return enrollment.id


def test_an_enrollment_completes_when_its_last_step_is_over(
    clinic: Clinic, engine: sa.Engine
) -> None:
    number = performed(clinic, engine)

    EnrollmentSweeps(engine).complete()

    assert status(clinic, number) is EnrollmentStatus.COMPLETED


def test_an_enrollment_does_not_complete_before_its_last_step_is_over(
    clinic: Clinic, engine: sa.Engine
) -> None:
    number = performed(clinic, engine)
    set_clock(engine, VISIT + timedelta(days=4))  # a step for marketing may yet be consented to

    EnrollmentSweeps(engine).complete()

    assert status(clinic, number) is EnrollmentStatus.ACTIVE


def test_an_enrollment_does_not_complete_while_something_is_on_its_way(
    clinic: Clinic, engine: sa.Engine
) -> None:
    number = performed(clinic, engine)
    wash = newest(clinic, "wash").id
    put(engine, wash, ReminderStatus.SCHEDULED, useful_until=LONG_AFTER + timedelta(days=1))

    EnrollmentSweeps(engine).complete()
    assert status(clinic, number) is EnrollmentStatus.ACTIVE

    put(engine, wash, ReminderStatus.DELIVERED)
    set_clock(engine, LONG_AFTER + timedelta(days=2))
    EnrollmentSweeps(engine).complete()
    assert status(clinic, number) is EnrollmentStatus.COMPLETED


def test_an_unconfirmed_procedure_does_not_complete(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, LONG_AFTER)

    EnrollmentSweeps(engine).complete()

    assert status(clinic, enrollment.id) is EnrollmentStatus.ACTIVE


def test_two_dispatchers_ask_once(clinic: Clinic, engine: sa.Engine) -> None:
    for _ in range(5):
        enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=3))
    sweeps = EnrollmentSweeps(engine)

    with ThreadPoolExecutor(4) as pool:
        for sweep in [pool.submit(sweeps.ask_about_procedures) for _ in range(4)]:
            sweep.result()

    assert clinic.service.count("staff_task", kind="PROCEDURE_UNCONFIRMED") == 5
