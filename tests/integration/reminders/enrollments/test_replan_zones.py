"""The rules of a time zone change after planning: rows hold what an older tzdata gives."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from services.contracts.operations import ReplanReminders
from services.contracts.reminders import ReminderRecord
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, Service


@pytest.fixture
def enrolled(clinic: Clinic) -> dict[str, ReminderRecord]:
    """In a zone an hour off from what is known today when they were planned."""
    patient = clinic.register(time_zone="Europe/Istanbul")
    clinic.enroll(patient.id, plan=PLAN.slug, procedure_at=NOW + timedelta(days=2))
    return by_step(clinic)


def by_step(clinic: Clinic) -> dict[str, ReminderRecord]:
    return {f"{reminder.step_key}.{reminder.channel}": reminder for reminder in clinic.reminders()}


def planned_by_old_rules(engine: sa.Engine) -> None:
    """As if Istanbul still were at +02:00: its 10:00 an hour later, its name for instants too."""
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "update reminders.outbound set"
                " due_at = due_at + interval '1 hour',"
                " useful_until = useful_until + interval '1 hour',"
                " local_due_at = replace(local_due_at, '+03:00', '+02:00')"
                " where step_key = 'wash'"
            )
        )


def replan(service: Service, *, is_rehearsal: bool = False) -> tuple[int, int]:
    reply = service.do(ReplanReminders(is_rehearsal=is_rehearsal))
    assert reply.next is None
    return reply.looked_at, len(reply.retimed)


def local(reminder: ReminderRecord) -> datetime:
    return datetime.fromisoformat(reminder.local_due_at.partition("[")[0])


def test_a_time_on_the_clock_stays_that_time(
    clinic: Clinic, enrolled: dict[str, ReminderRecord], engine: sa.Engine
) -> None:
    planned_by_old_rules(engine)

    _, changed = replan(clinic.service)

    assert changed == 2
    assert {
        key: (item.due_at, item.useful_until, item.local_due_at)
        for key, item in by_step(clinic).items()
    } == {
        key: (item.due_at, item.useful_until, item.local_due_at) for key, item in enrolled.items()
    }


def test_a_replanned_reminder_records_the_new_zone_as_the_reason(
    clinic: Clinic, enrolled: dict[str, ReminderRecord], engine: sa.Engine
) -> None:
    planned_by_old_rules(engine)
    replan(clinic.service)

    assert by_step(clinic)["wash.SMS"].why[-1].code == "REPLANNED"
    assert by_step(clinic)["today.SMS"].why == enrolled["today.SMS"].why


def test_a_step_counted_in_hours_stays_at_its_instant(
    clinic: Clinic, enrolled: dict[str, ReminderRecord], engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "update reminders.outbound set local_due_at = replace(replace(local_due_at,"
                " '+03:00', '+02:00'), 'T15', 'T14') where step_key = 'today'"
            )
        )

    replan(clinic.service)

    after = by_step(clinic)["today.SMS"]
    assert (after.due_at, after.local_due_at) == (
        enrolled["today.SMS"].due_at,
        enrolled["today.SMS"].local_due_at,
    )


@pytest.mark.usefixtures("enrolled")
def test_a_dry_run_changes_nothing(clinic: Clinic, engine: sa.Engine) -> None:
    planned_by_old_rules(engine)
    before = by_step(clinic)

    looked_at, changed = replan(clinic.service, is_rehearsal=True)

    assert (changed, by_step(clinic)) == (2, before)
    assert looked_at == len(before)


@pytest.mark.usefixtures("enrolled")
def test_doing_it_again_changes_nothing(clinic: Clinic, engine: sa.Engine) -> None:
    planned_by_old_rules(engine)
    replan(clinic.service)

    assert replan(clinic.service)[1] == 0


@pytest.mark.usefixtures("enrolled")
def test_what_was_sent_is_not_touched(clinic: Clinic, engine: sa.Engine) -> None:
    planned_by_old_rules(engine)
    with engine.begin() as connection:
        connection.execute(
            sa.text("update reminders.outbound set state = 'ACCEPTED' where channel = 'SMS'")
        )
    before = by_step(clinic)

    assert replan(clinic.service)[1] == 1
    assert by_step(clinic)["wash.SMS"].due_at == before["wash.SMS"].due_at


@pytest.mark.usefixtures("enrolled")
def test_goes_on_where_it_stopped(clinic: Clinic, engine: sa.Engine) -> None:
    planned_by_old_rules(engine)

    seen, command = 0, ReplanReminders(limit=2)
    while True:
        reply = clinic.service.do(command)
        seen += len(reply.retimed)
        if reply.next is None:
            break
        command = ReplanReminders(after=reply.next, limit=2)

    assert seen == 2
    assert local(by_step(clinic)["wash.SMS"]).hour == 10
