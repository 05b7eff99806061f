"""An update of the package tzdata: planned with one version, replanned with the other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import tzdata

from services.contracts.catalog import Channel
from services.contracts.operations import ReplanReminders, ReplanReply
from services.contracts.reminders import ReminderRecord
from tests.support.reminders.aftercare import NOW, PLAN, Clinic
from tests.support.zone_package import installed, zone_package

# Zones, and those whose rules the older version has for them: each is one hour off that week.
UPDATES = {
    "America/Vancouver": "America/Anchorage",
    "Africa/Casablanca": "Europe/Paris",
    "America/Havana": "America/Chicago",
    "Asia/Seoul": "Asia/Shanghai",
}

NOON = {"America/Vancouver": 19, "Africa/Casablanca": 12, "America/Havana": 17, "Asia/Seoul": 3}
"""About noon in each zone, in hours of UTC."""

Planned = Callable[[], dict[str, ReminderRecord]]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    return zone_package(tmp_path, "2026z", UPDATES)


@pytest.fixture(params=UPDATES)
def planned(request: pytest.FixtureRequest, clinic: Clinic, older: Path) -> Planned:
    """A patient of a zone whose reminders the older version placed."""
    with installed(older):
        patient = clinic.register(time_zone=request.param)
        noon = (NOW + timedelta(days=2)).replace(hour=NOON[request.param])
        clinic.enroll(patient.id, plan=PLAN.slug, procedure_at=noon)
    return lambda: {
        reminder.step_key: reminder
        for reminder in clinic.reminders()
        if reminder.channel is Channel.SMS
    }


def replan(clinic: Clinic) -> ReplanReply:
    return clinic.service.do(ReplanReminders())


def wall(reminder: ReminderRecord) -> str:
    return datetime.fromisoformat(reminder.local_due_at.partition("[")[0]).strftime("%H")


def test_an_unsent_message_moves_to_its_time_by_the_new_version(
    clinic: Clinic, planned: Planned
) -> None:
    before = planned()["wash"]

    replan(clinic)

    after = planned()["wash"]
    assert (wall(before), wall(after)) == ("10", "10")
    assert abs(before.due_at - after.due_at) == timedelta(hours=1)


def test_a_sent_message_stays_as_it_was(
    clinic: Clinic, planned: Planned, engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text("update reminders.outbound set state = 'ACCEPTED' where step_key = 'wash'")
        )
    before = planned()["wash"]

    replan(clinic)

    after = planned()["wash"]
    assert (after.due_at, after.local_due_at) == (before.due_at, before.local_due_at)


def test_a_message_counted_in_hours_stays_at_its_instant(clinic: Clinic, planned: Planned) -> None:
    before = planned()["today"]

    replan(clinic)

    assert planned()["today"].due_at == before.due_at


@pytest.mark.usefixtures("planned")
def test_the_same_version_moves_nothing(clinic: Clinic, older: Path) -> None:
    with installed(older):
        assert replan(clinic).retimed == ()


@pytest.mark.usefixtures("planned")
def test_the_reply_names_the_version(clinic: Clinic, older: Path) -> None:
    with installed(older):
        before = replan(clinic).zone_data
    assert (before, replan(clinic).zone_data) == ("2026z", tzdata.IANA_VERSION)
