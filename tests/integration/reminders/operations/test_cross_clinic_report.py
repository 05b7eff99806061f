from datetime import date

from services.contracts.operations import ReportEverywhere
from services.contracts.words import Mode
from tests.support.reminders.aftercare import NOW, Clinic, Service


def total(service: Service, mode: Mode, first: date, last: date) -> int:
    rows = service.ask(ReportEverywhere(mode=mode, first=first, last=last))
    assert all(first <= row.date <= last for row in rows)
    return sum(row.count for row in rows)


def test_counts_every_clinics_reminders_of_one_mode(service: Service, clinic: Clinic) -> None:
    other = Clinic(service, name="Elm Clinic")
    for either in (clinic, other):
        either.enroll(either.register().id)
    both = len(clinic.reminders()) + len(other.reminders())

    year = (date(NOW.year, 1, 1), date(NOW.year, 12, 31))
    assert total(service, Mode.LIVE, *year) == both > 0
    assert total(service, Mode.TEST, *year) == 0


def test_days_are_those_of_each_clinics_calendar(service: Service, clinic: Clinic) -> None:
    clinic.enroll(clinic.register().id)
    days = {reminder.due_at.date() for reminder in clinic.reminders()}

    assert sum(total(service, Mode.LIVE, day, day) for day in days) == len(clinic.reminders())
