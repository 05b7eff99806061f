from datetime import date, timedelta
from typing import Any

import pytest

from services.contracts.catalog import Channel
from services.contracts.enrollments import FindEnrollments, ReportDeliveries
from services.contracts.words import EnrollmentStatus, Mode, ProcedureState, ReminderStatus
from tests.support.reminders.aftercare import OVER_AT, PLAN, Clinic, Service
from tests.support.reminders.moving import VISIT, enrolled


def listed_ids(clinic: Clinic, **changes: Any) -> list[int]:
    return [enrollment.id for enrollment in clinic.enrollments(**changes)]


def three(clinic: Clinic) -> tuple[int, int, int]:
    """In order of their procedures: over, soon, later."""
    enrollment = enrolled(clinic, procedure_at=OVER_AT, procedure_ended_at=OVER_AT)
    two = clinic.enroll(enrollment.patient_id, visit_reference="V1")
    three = clinic.enroll(enrollment.patient_id, procedure_at=VISIT + timedelta(days=9))
    clinic.cancel(three.id)
    return enrollment.id, two.id, three.id


def test_lists_a_clinics_enrollments_newest_procedure_first(clinic: Clinic) -> None:
    first, two, three_ = three(clinic)

    assert listed_ids(clinic) == [three_, two, first]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"status": (EnrollmentStatus.CANCELLED,)}, [2]),
        ({"status": ()}, []),
        ({"procedure_state": (ProcedureState.PLANNED,)}, [2, 1]),
        ({"plan": PLAN.slug}, [2, 1, 0]),
        ({"plan": "another"}, []),
        ({"plan_version": 1}, [2, 1, 0]),
        ({"plan": PLAN.slug, "plan_version": 2}, []),
        ({"procedure_after": VISIT}, [2, 1]),
        ({"procedure_before": VISIT}, [0]),
        ({"visit_reference": "V1"}, [1]),
    ],
)
def test_lists_only_enrollments_that_match_the_filter(
    clinic: Clinic, wanted: dict[str, Any], expected: list[int]
) -> None:
    ids = three(clinic)

    assert listed_ids(clinic, **wanted) == [ids[place] for place in expected]


def test_a_page_continues_after_the_last_enrollment_of_the_page_before(clinic: Clinic) -> None:
    first, two, three_ = three(clinic)
    page = clinic.service.ask(FindEnrollments(scope=clinic.scope(), first=2))

    assert page.has_more
    last = page.items[-1]
    assert (three_, two) == tuple(item.id for item in page.items)
    assert listed_ids(clinic, after=(last.procedure_at, last.id)) == [first]


def test_another_clinics_or_modes_enrollments_are_not_listed(
    clinic: Clinic, service: Service
) -> None:
    three(clinic)

    assert listed_ids(Clinic(service, "Other Clinic")) == []
    assert listed_ids(clinic, scope=clinic.scope(mode=Mode.TEST)) == []


def test_counts_reminders_by_the_clinics_day(clinic: Clinic) -> None:
    enrolled(clinic)
    ask = ReportDeliveries(scope=clinic.scope(), first=date(2027, 3, 12), last=date(2027, 3, 31))

    rows = clinic.service.ask(ask)

    assert [(row.date, row.channel, row.status, row.count) for row in rows] == [
        (date(2027, 3, 12), Channel.SMS, ReminderStatus.SCHEDULED, 1),
        (date(2027, 3, 14), Channel.SMS, ReminderStatus.SCHEDULED, 1),
    ]


def test_counts_the_last_day_whole_and_nothing_of_another_clinic(
    clinic: Clinic, service: Service
) -> None:
    enrolled(clinic)
    day = date(2027, 3, 12)
    other = Clinic(service, "Other Clinic")

    own = service.ask(ReportDeliveries(scope=clinic.scope(), first=day, last=day))
    others = service.ask(ReportDeliveries(scope=other.scope(), first=day, last=day))

    assert ([enrollment.count for enrollment in own], others) == ([1], ())
