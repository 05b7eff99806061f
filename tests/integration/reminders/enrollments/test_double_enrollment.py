"""The same visit enrolled twice, as clinics do it: seconds, hours or days apart."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec
import pytest

from services.contracts.enrollments import RecordProcedure, RescheduleEnrollment
from services.contracts.errors import UserErrorCode
from services.contracts.words import EnrollmentStatus, Mode, ProcedureState
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, FixedPlans, Service

AT = NOW + timedelta(days=40)
OTHER_PLAN = "other-care"


@pytest.fixture
def clinic(clinic: Clinic, service: Service) -> Clinic:
    """A clinic whose plan is repeated after 21 days at the earliest."""
    service.source.interval_days = 21
    return clinic


def conflict_with(clinic: Clinic, patient_id: int, **changes: object) -> int | None:
    """The enrollment that stands in the way of another one."""
    reply = clinic.service.do(clinic.enrollment(patient_id, **changes))
    assert reply.enrollment is None
    (refusal,) = reply.refusals
    assert (refusal.code, refusal.path) == (UserErrorCode.CONFLICT, ("procedure_at",))
    return refusal.existing_id


def moved(clinic: Clinic, enrollment_id: int, to: datetime) -> RescheduleEnrollment:
    return RescheduleEnrollment(
        scope=clinic.scope(), enrollment_id=enrollment_id, procedure_at=to, whole_visit=False
    )


@pytest.mark.parametrize(
    "later",
    [
        timedelta(0),
        timedelta(seconds=1),
        timedelta(minutes=-30),
        timedelta(hours=5),
        timedelta(days=-1),
        timedelta(days=20, hours=23),
        timedelta(days=-20, hours=-23),
    ],
)
def test_a_visit_nearer_than_the_interval_is_found(clinic: Clinic, later: timedelta) -> None:
    patient = clinic.register()
    first = clinic.enroll(patient.id, procedure_at=AT)

    assert conflict_with(clinic, patient.id, procedure_at=AT + later) == first.id


@pytest.mark.parametrize("days", [21, 28, -21, -30])
def test_the_next_visit_of_a_series_is_another(clinic: Clinic, days: int) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=AT)

    clinic.enroll(patient.id, procedure_at=AT + timedelta(days=days))

    assert len(clinic.enrollments()) == 2


@pytest.mark.parametrize("first", [None, "visit-1"])
def test_a_visit_with_a_number_of_its_own_is_another(clinic: Clinic, first: str | None) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=AT, visit_reference=first)

    clinic.enroll(patient.id, procedure_at=AT + timedelta(hours=5), visit_reference="visit-2")

    assert len(clinic.enrollments()) == 2


@pytest.mark.parametrize("second", [None, "visit-1", "VISIT-1"])
def test_a_visit_without_another_number_is_the_same(clinic: Clinic, second: str | None) -> None:
    patient = clinic.register()
    first = clinic.enroll(patient.id, procedure_at=AT, visit_reference="visit-1")
    again = {"procedure_at": AT + timedelta(hours=5), "visit_reference": second}

    assert conflict_with(clinic, patient.id, **again) == first.id


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(seconds=1), timedelta(hours=-23)])
def test_a_visit_is_not_moved_onto_another(clinic: Clinic, apart: timedelta) -> None:
    patient = clinic.register()
    first = clinic.enroll(patient.id, procedure_at=AT)
    second = clinic.enroll(patient.id, procedure_at=AT + timedelta(days=30))

    reply = clinic.service.do(moved(clinic, second.id, AT + apart))

    (refusal,) = reply.refusals
    assert (refusal.code, refusal.existing_id) == (UserErrorCode.CONFLICT, first.id)


def test_a_visit_with_a_number_of_its_own_may_be_moved_to_the_day_of_another(
    clinic: Clinic,
) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=AT)
    second = clinic.enroll(
        patient.id, procedure_at=AT + timedelta(days=30), visit_reference="visit-2"
    )

    assert not clinic.service.do(moved(clinic, second.id, AT + timedelta(hours=5))).refusals


def test_a_visit_may_be_moved_a_little_and_nearer_than_the_interval(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=AT)
    second = clinic.enroll(patient.id, procedure_at=AT + timedelta(days=21))

    for later in (timedelta(days=21, minutes=30), timedelta(days=19)):
        assert not clinic.service.do(moved(clinic, second.id, AT + later)).refusals


def test_another_number_does_not_make_two_visits_of_one_moment(clinic: Clinic) -> None:
    patient = clinic.register()
    first = clinic.enroll(patient.id, procedure_at=AT, visit_reference="visit-1")
    again = {"procedure_at": AT, "visit_reference": "visit-2"}

    assert conflict_with(clinic, patient.id, **again) == first.id


def test_the_refusal_says_what_to_do(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=AT)

    later = AT + timedelta(hours=5)
    reply = clinic.service.do(clinic.enrollment(patient.id, procedure_at=later))

    assert reply.refusals[0].message == (
        "The patient is enrolled in this plan for a visit within 21 days of this one already."
        " Reschedule that one if it has moved; if this is another visit, give it a visitReference"
        " of its own."
    )


def test_without_a_known_interval_a_visit_of_the_same_day_is_found(
    clinic: Clinic, service: Service
) -> None:
    service.source.interval_days = None
    patient = clinic.register()
    first = clinic.enroll(patient.id, procedure_at=AT)

    assert conflict_with(clinic, patient.id, procedure_at=AT + timedelta(hours=23)) == first.id
    clinic.enroll(patient.id, procedure_at=AT + timedelta(days=1))


def test_another_plan_of_the_visit_is_no_double(clinic: Clinic, service: Service) -> None:
    other = msgspec.structs.replace(PLAN, slug=OTHER_PLAN, content_hash="h2")
    service.source.plans |= FixedPlans(other).plans
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=AT)

    clinic.enroll(patient.id, procedure_at=AT, plan=OTHER_PLAN)

    assert len(clinic.enrollments()) == 2


def test_another_patient_clinic_or_mode_is_no_double(clinic: Clinic, service: Service) -> None:
    clinic.enroll(clinic.register().id, procedure_at=AT)
    elm = Clinic(service, "Elm Clinic")

    clinic.enroll(clinic.register(phone="+351912345679").id, procedure_at=AT)
    elm.enroll(elm.register().id, procedure_at=AT)
    test = clinic.scope(mode=Mode.TEST)
    clinic.enroll(clinic.register(scope=test).id, scope=test, procedure_at=AT)


def test_a_cancelled_enrollment_is_in_nobodys_way(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.cancel(clinic.enroll(patient.id, procedure_at=AT).id)

    assert clinic.enroll(patient.id, procedure_at=AT).status is EnrollmentStatus.ACTIVE


def test_a_visit_that_the_patient_missed_is_in_nobodys_way(clinic: Clinic) -> None:
    patient = clinic.register()
    missed = clinic.enroll(patient.id, procedure_at=NOW - timedelta(hours=2))
    clinic.service.do(
        RecordProcedure(scope=clinic.scope(), enrollment_id=missed.id, state=ProcedureState.NO_SHOW)
    )

    again = clinic.enroll(patient.id, procedure_at=NOW + timedelta(days=3))

    assert again.id != missed.id


def test_of_two_at_the_same_moment_one_is_enrolled(clinic: Clinic) -> None:
    patient = clinic.register()
    commands = [
        clinic.enrollment(patient.id, procedure_at=AT + timedelta(minutes=number))
        for number in range(4)
    ]

    with ThreadPoolExecutor(len(commands)) as threads:
        replies = list(threads.map(clinic.service.do, commands))

    (enrolled,) = [reply.enrollment for reply in replies if reply.enrollment]
    refused = [reply.refusals[0] for reply in replies if not reply.enrollment]
    assert [(refusal.code, refusal.existing_id) for refusal in refused] == [
        (UserErrorCode.CONFLICT, enrolled.id)
    ] * 3
