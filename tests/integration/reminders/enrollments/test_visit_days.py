"""The day of a visit, as patients read it in messages: of a real clinic, with the shipped plans."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts import reminders as asks
from services.contracts.catalog import AftercarePlan, Channel
from services.contracts.words import MessageDetail
from tests.support.content.catalog import shipped_release
from tests.support.reminders.aftercare import NOW, Clinic, Service
from tests.support.reminders.sending import Worker

MICRONEEDLING = "microneedling-aftercare"
SEOUL_MORNING = datetime(2027, 3, 30, 1, tzinfo=UTC)  # 10:00 in Seoul, the evening before in LA


def shipped(slug: str, locale: str = "en") -> AftercarePlan:
    plans = shipped_release().catalogs[locale].plans
    return next(plan for plan in plans if plan.slug == slug)


@pytest.fixture
def clinic(service: Service) -> Clinic:
    for slug in (MICRONEEDLING, "ablative-laser-aftercare", "dermabrasion-aftercare"):
        service.source.plans[slug] = shipped(slug)
    return Clinic(service)


def in_zone(clinic: Clinic, zone: str) -> Clinic:
    made = clinic.service.do(
        asks.CreateClinic(
            name=f"Clinic of {zone}", time_zone=zone, country="PT", phone="+351210000000"
        )
    )
    assert isinstance(made, asks.ClinicRecord)
    clinic.record = made
    return clinic


def text(clinic: Clinic, key: str) -> str:
    (reminder,) = [
        reminder
        for reminder in clinic.reminders(limit=200, channel=Channel.SMS)
        if reminder.step_key == key
    ]
    return reminder.body or ""


@pytest.mark.parametrize(
    ("clinic_zone", "patient_zone", "day"),
    [
        ("Asia/Seoul", "America/Los_Angeles", "on March 30 (Seoul time)"),
        ("America/Los_Angeles", "Asia/Seoul", "on March 29 (Los Angeles time)"),
        ("Pacific/Auckland", "America/New_York", "on March 30 (Auckland time)"),
        ("Asia/Seoul", None, "on March 30."),
        ("America/New_York", "America/Toronto", "on March 29."),
    ],
)
def test_the_visits_day_is_the_clinics(
    clinic: Clinic, clinic_zone: str, patient_zone: str | None, day: str
) -> None:
    in_zone(clinic, clinic_zone)
    patient = clinic.register(time_zone=patient_zone, locale="en-US")

    clinic.enroll(patient.id, plan=MICRONEEDLING, procedure_at=SEOUL_MORNING)

    assert f"your visit is {day}" in text(clinic, "day-minus-7-gentle-care")


@pytest.mark.parametrize(
    ("plan", "days", "key"),
    [
        (MICRONEEDLING, 11, "day-minus-14-nothing-else-on-the-area"),
        (MICRONEEDLING, 5, "day-minus-7-gentle-care"),
        ("ablative-laser-aftercare", 9, "day-minus-14-no-smoking"),
        ("ablative-laser-aftercare", 40, "day-minus-60-sun"),
        ("dermabrasion-aftercare", 4, "day-minus-7-painkillers"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "es"])
def test_late_advice_names_the_day_and_counts_no_weeks(
    clinic: Clinic, plan: str, days: int, key: str, locale: str
) -> None:
    clinic.service.source.plans[plan] = shipped(plan, locale)
    patient = clinic.register(locale=locale, detail=MessageDetail.DETAILED)

    clinic.enroll(patient.id, plan=plan, procedure_at=NOW + timedelta(days=days))

    visit_at = NOW + timedelta(days=days)
    first = text(clinic, key).partition(". ")[0]
    assert str(visit_at.day) in first
    assert not any(word in first for word in ("week", "month", "semana", "meses"))


def test_what_is_sent_says_it_too(clinic: Clinic, engine: sa.Engine, vault: Vault) -> None:
    in_zone(clinic, "Asia/Seoul")
    patient = clinic.register(time_zone="Asia/Kolkata", locale="en-GB")
    clinic.enroll(patient.id, plan=MICRONEEDLING, procedure_at=NOW + timedelta(days=11))
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "update reminders.outbound set due_at = :now, not_before = now() where"
                " step_key = 'day-minus-14-nothing-else-on-the-area' and channel = 'SMS'"
            ),
            {"now": NOW},
        )
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    (sent,) = worker.dispatcher.sent
    assert "your visit is on 21 March (Seoul time)." in sent.text
