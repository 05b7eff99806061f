"""The reminders service of one clinic, as the gateway hears it."""

from typing import Any, Final

from services.contracts.reminders import (
    EnrollmentPage,
    FindEnrollment,
    FindPatient,
    GetClinics,
    GetEnrollments,
    GetPatients,
    GetReminders,
    ListEnrollments,
    ListReminders,
    ReminderPage,
    RenderReminder,
)
from services.contracts.words import ReminderOrder
from tests.support.gateway.care_records import CLINIC, enrollment, patient, reminder
from tests.support.gateway.fake_calls import FakeClient, Reply


def by_id(records: dict[int, Any]) -> Reply:
    return lambda question: tuple(records.get(number) for number in question.ids)


ONE_IN_CARE: Final[dict[type[Any], Reply]] = {
    GetPatients: by_id({12: patient(12)}),
    GetEnrollments: by_id({5: enrollment(5)}),
    GetReminders: by_id({100: reminder(100)}),
}
"""A patient, one enrollment and one reminder of it."""


def reminders_page(question: ListReminders) -> ReminderPage:
    """Ten reminders, 1 to 10, as the service would page them."""
    every = [reminder(number) for number in range(1, 11)]
    if question.order == ReminderOrder.DUE_DESC:
        every.reverse()
    if question.after:
        place = [(item.due_at, item.id) for item in every].index(question.after)
        every = every[place + 1 :]
    return ReminderPage(items=tuple(every[: question.limit]), has_more=len(every) > question.limit)


def clinic_of_seven() -> FakeClient:
    enrollments = {number: enrollment(number) for number in (5, 6)}
    return FakeClient(
        {
            GetClinics: by_id({7: CLINIC}),
            GetPatients: by_id({12: patient(12), 13: patient(13)}),
            FindPatient: lambda question: patient(12) if question.reference == "R-12" else None,
            GetEnrollments: by_id(enrollments),
            FindEnrollment: lambda question: (
                enrollments[5] if question.reference == "E-5" else None
            ),
            ListEnrollments: lambda _: EnrollmentPage(
                items=tuple(enrollments.values()), has_more=False
            ),
            GetReminders: by_id({100: reminder(100)}),
            ListReminders: reminders_page,
            RenderReminder: lambda question: f"{question.reminder_id} {question.detail}",
        }
    )
