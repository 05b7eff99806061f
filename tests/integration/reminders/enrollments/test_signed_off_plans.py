"""Patients get what a clinician of their clinic has signed, as the clinic has it."""

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Voice
from services.contracts.content import Problem
from services.contracts.enrollments import MigrateEnrollments, MigrationReply
from services.contracts.errors import UserErrorCode
from services.contracts.reminders import EnrollmentReply
from services.contracts.simulation import PlanAt, SimulatedReminder, SimulateEnrollment
from services.reminders.database.tables import plan_version
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, Service, set_clock
from tests.support.reminders.moving import VISIT, enrolled, record
from tests.support.reminders.sending import Worker

CONFLICT = Problem(where="own.yaml:4", what="no step day-9; name one of prepare, today")
OWN = msgspec.structs.replace(
    PLAN,
    overlay_version=3,
    content_hash="own",
    voice=Voice(sender_name="Rowan Skin", phone="+351210000001"),
)


@pytest.fixture
def strict(engine: sa.Engine, vault: Vault) -> Clinic:
    """A clinic in production."""
    return Clinic(Service(engine, vault, env="production"))


def enroll(clinic: Clinic) -> EnrollmentReply:
    patient = clinic.register(is_adult=True)
    return clinic.service.do(clinic.enrollment(patient.id))


def refused(reply: EnrollmentReply) -> list[UserErrorCode]:
    return [refusal.code for refusal in reply.refusals]


def simulated(clinic: Clinic) -> tuple[SimulatedReminder, ...] | None:
    at = PlanAt(plan=PLAN.slug, procedure_at=VISIT)
    ask = SimulateEnrollment(scope=clinic.scope(), plans=(at,), time_zone="Europe/Lisbon")
    return clinic.service.ask(ask)


def test_production_enrolls_nobody_in_an_unsigned_plan(strict: Clinic) -> None:
    strict.service.source.is_signed = False

    reply = enroll(strict)

    assert refused(reply) == [UserErrorCode.NOT_SIGNED_OFF]
    assert "signs its contentHash with signOffPlan" in reply.refusals[0].message
    assert strict.reminders() == ()


def test_production_uses_a_signed_plan(strict: Clinic) -> None:
    assert enroll(strict).enrollment is not None


def test_development_does_not_ask_for_a_signature(clinic: Clinic) -> None:
    clinic.service.source.is_signed = False

    assert enroll(clinic).enrollment is not None


def test_a_plan_that_the_clinics_own_values_do_not_fit_is_used_nowhere(clinic: Clinic) -> None:
    clinic.service.source.conflicts = (CONFLICT,)

    reply = enroll(clinic)

    assert refused(reply) == [UserErrorCode.CONFLICT]
    assert f"{CONFLICT.where}: {CONFLICT.what}" in reply.refusals[0].message
    assert simulated(clinic) is None


def test_another_plan_is_recorded_in_production_only_when_it_is_signed(
    strict: Clinic, engine: sa.Engine
) -> None:
    laser = msgspec.structs.replace(PLAN, slug="laser-care", steps=PLAN.steps[1:])
    strict.service.source.plans[laser.slug] = laser
    enrollment = enroll(strict).enrollment
    assert enrollment is not None
    set_clock(engine, VISIT + timedelta(hours=1))
    strict.service.source.is_signed = False

    refused = record(strict, enrollment.id, ended_at=VISIT + timedelta(hours=1), plan=laser.slug)
    done = record(strict, enrollment.id, ended_at=VISIT + timedelta(hours=1))

    assert [refusal.code for refusal in refused.refusals] == [UserErrorCode.NOT_SIGNED_OFF]
    assert done.refusals == ()  # what happened is recorded, whatever the plan


def test_an_enrollment_keeps_its_version_until_the_new_one_is_signed(strict: Clinic) -> None:
    enrollment = enroll(strict).enrollment
    assert enrollment is not None
    source = strict.service.source
    source.plans[PLAN.slug] = msgspec.structs.replace(PLAN, version=2, content_hash="h2")
    source.is_signed = False
    command = MigrateEnrollments(plan=PLAN.slug, to_version=2, actor="ops")

    before = strict.service.do(command)
    source.is_signed = True
    after = strict.service.do(command)

    assert isinstance(before, MigrationReply)
    assert isinstance(after, MigrationReply)
    [left] = before.left
    assert (left.enrollment_id, left.refusal.code) == (enrollment.id, UserErrorCode.NOT_SIGNED_OFF)
    assert before.migrated == ()
    assert [migration.enrollment_id for migration in after.migrated] == [enrollment.id]


def test_an_enrollment_pins_the_clinics_own_values(clinic: Clinic, engine: sa.Engine) -> None:
    clinic.service.source.plans[PLAN.slug] = OWN
    enrolled(clinic)

    with engine.connect() as connection:
        row = connection.execute(sa.select(plan_version)).one()
    assert (row.version, row.overlay_version) == (1, 3)
    assert clinic.enrollments()[0].plan == OWN


def test_an_enrollment_keeps_the_values_of_its_time(clinic: Clinic) -> None:
    first = enrolled(clinic)
    clinic.service.source.plans[PLAN.slug] = OWN
    second = enrolled(clinic, procedure_at=VISIT + timedelta(days=9))

    plans = {enrollment.id: enrollment.plan.overlay_version for enrollment in clinic.enrollments()}

    assert plans == {first.id: 0, second.id: 3}


def test_a_text_names_the_procedure_as_the_plan_does(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    clinic.service.source.plans[PLAN.slug] = OWN
    enrollment = enrolled(clinic)
    [shown] = [reminder.body for reminder in clinic.reminders() if reminder.step_key == "prepare"]
    set_clock(engine, NOW + timedelta(days=1, minutes=30))
    worker = Worker(engine, vault)
    while worker.send_batch(Channel.SMS):
        pass

    [sent] = [message.text for message in worker.dispatcher.sent]
    assert enrollment.plan.voice == OWN.voice
    assert sent == shown
    assert sent.startswith("Rowan Skin: ")


def test_a_simulation_names_the_procedure_as_the_plan_does(clinic: Clinic) -> None:
    clinic.service.source.plans[PLAN.slug] = OWN

    bodies = [step.body for step in simulated(clinic) or () if step.body]

    assert bodies
    assert all(body.startswith("Rowan Skin: ") for body in bodies)
