"""A patient who states no time zone and has a number from elsewhere."""

from datetime import time, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import PatientRecord
from services.contracts.words import ReminderStatus
from services.reminders.addresses.phone_numbers import zones_of
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, happened, set_clock, step
from tests.support.reminders.sending import Worker

NEW_YORKER = "+12025550123"


@pytest.fixture(autouse=True)
def _serves_americans(clinic: Clinic, engine: sa.Engine) -> None:
    del clinic
    with engine.begin() as connection:
        connection.execute(sa.text("update reminders.clinic set countries = '{US}'"))


@pytest.fixture
def patient(clinic: Clinic) -> PatientRecord:
    """Of a clinic in Lisbon, five hours from the zone of the number."""
    steps = (step("wash", at="09:30", useful_for="PT10H", channels=(Channel.SMS,)),)
    clinic.service.source.plans[PLAN.slug] = msgspec.structs.replace(PLAN, steps=steps)
    return clinic.register(phone=NEW_YORKER)


@pytest.fixture
def worker(engine: sa.Engine, vault: Vault) -> Worker:
    return Worker(engine, vault, zones_of=zones_of)


def test_is_written_to_when_it_is_day_in_both_places(
    clinic: Clinic, patient: PatientRecord
) -> None:
    clinic.enroll(patient.id, procedure_at=NOW - timedelta(days=1))

    [reminder] = clinic.reminders()

    assert reminder.due_at.time() >= time(13)  # nine in New York, whose clocks do not go on yet
    assert {"ZONE_OF_CLINIC", "ZONE_UNSURE", "WINDOW_MOVED"} <= {
        decision.code for decision in reminder.why
    }


def test_one_who_states_a_zone_is_written_to_by_it(clinic: Clinic) -> None:
    patient = clinic.register(phone=NEW_YORKER, time_zone="Europe/Lisbon")
    clinic.enroll(patient.id)

    assert all(
        "ZONE_STATED" in {why.code for why in reminder.why} for reminder in clinic.reminders()
    )
    assert not any(
        "ZONE_UNSURE" in {why.code for why in reminder.why} for reminder in clinic.reminders()
    )


def test_both_places_are_asked_again_when_it_is_sent(
    clinic: Clinic, patient: PatientRecord, worker: Worker, engine: sa.Engine
) -> None:
    clinic.enroll(patient.id, procedure_at=NOW - timedelta(days=1))
    [reminder] = clinic.reminders()
    with engine.begin() as connection:
        connection.execute(
            sa.text("update reminders.outbound set due_at = :at, useful_until = :until"),
            {"at": NOW - timedelta(hours=1), "until": NOW + timedelta(hours=9)},
        )
    happened(engine)
    set_clock(engine, NOW)  # noon in Lisbon, seven in New York

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.sent == []
    [held] = clinic.reminders()
    assert (held.status, held.hold and held.hold.code) == (
        ReminderStatus.SCHEDULED,
        "OUTSIDE_WINDOW",
    )
    assert held.id == reminder.id
