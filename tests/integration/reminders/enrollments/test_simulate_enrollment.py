from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.simulation import PlanAt, SimulatedReminder, SimulateEnrollment
from services.contracts.sms.segments import count_segments
from services.contracts.words import MessageDetail, Role
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, Service, consent, step

PROCEDURE = NOW + timedelta(days=2)
SMS = (Channel.SMS,)


def simulate(clinic: Clinic, *plans: str, **changes: Any) -> tuple[SimulatedReminder, ...]:
    usual: dict[str, Any] = {
        "scope": clinic.scope(),
        "plans": tuple(PlanAt(plan=slug, procedure_at=PROCEDURE) for slug in plans or (PLAN.slug,)),
        "time_zone": "Europe/Lisbon",
    }
    reminders = clinic.service.ask(SimulateEnrollment(**(usual | changes)))
    assert reminders is not None
    return reminders


def plans(clinic: Clinic, **steps: Any) -> None:
    clinic.service.source.plans |= {
        slug: msgspec.structs.replace(PLAN, slug=slug, steps=some) for slug, some in steps.items()
    }


def codes(reminders: tuple[SimulatedReminder, ...]) -> set[tuple[str, str | None]]:
    return {(item.step_key, item.hold.code if item.hold else None) for item in reminders}


def test_an_imagined_patient_is_shown_every_step_on_every_channel(clinic: Clinic) -> None:
    shown = {(item.step_key, item.channel) for item in simulate(clinic)}

    spoken = {"prepare", "today", "wash", "again"}
    assert shown == {(key, on) for key in spoken for on in (Channel.SMS, Channel.EMAIL)} | {
        ("call", None)
    }


@pytest.mark.parametrize("days", [-181, 367])
def test_a_time_outside_the_limits_shows_nothing(clinic: Clinic, days: int) -> None:
    far = PlanAt(plan=PLAN.slug, procedure_at=NOW + timedelta(days=days))
    ask = SimulateEnrollment(scope=clinic.scope(), plans=(far,), time_zone="Europe/Lisbon")

    assert clinic.service.ask(ask) is None


def test_a_simulation_shows_what_enrolling_plans(clinic: Clinic) -> None:
    patient = clinic.register()
    shown = simulate(clinic, patient_id=patient.id)

    clinic.enroll(patient.id)

    planned = {
        (
            reminder.step_key,
            reminder.channel,
            reminder.due_at,
            reminder.local_due_at,
            reminder.body,
            reminder.subject,
        )
        for reminder in clinic.reminders()
    }
    assert planned == {
        (item.step_key, item.channel, item.due_at, item.local_due_at, item.body, item.subject)
        for item in shown
        if item.body
    }


def test_a_simulation_stores_nothing(clinic: Clinic, engine: sa.Engine) -> None:
    before = counted(engine)

    simulate(clinic)

    assert counted(engine) == before


def counted(engine: sa.Engine) -> list[int]:
    with engine.connect() as connection:
        return [
            connection.execute(sa.text(f"select count(*) from reminders.{table}")).scalar_one()  # noqa: S608 - names of ours
            for table in ("outbound", "enrollment", "plan_version", "decision", "staff_task")
        ]


def test_what_no_consent_permits_is_shown_as_held(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS),))

    held = {
        (item.step_key, item.channel)
        for item in simulate(clinic, patient_id=patient.id)
        if item.hold and item.hold.code == "NO_CONSENT"
    }

    assert ("wash", Channel.EMAIL) in held
    assert ("wash", Channel.SMS) not in held


def test_segments_are_those_of_the_text(clinic: Clinic) -> None:
    texts = [item for item in simulate(clinic) if item.channel is Channel.SMS and item.body]

    assert [text.segments for text in texts] == [
        count_segments(text.body or "").parts for text in texts
    ]


def test_email_has_no_segments(clinic: Clinic) -> None:
    assert {item.segments for item in simulate(clinic) if item.channel is Channel.EMAIL} == {None}


def test_the_full_text_is_shown_where_it_is_asked_for(clinic: Clinic) -> None:
    shown = simulate(clinic, detail=MessageDetail.DETAILED, channels=SMS)

    assert all("Your peel" in (item.body or "") for item in shown if item.channel)


def test_only_the_channels_asked_for_are_shown(clinic: Clinic) -> None:
    assert {item.channel for item in simulate(clinic, channels=SMS)} == {Channel.SMS, None}


def test_a_plan_alongside_shares_a_message(clinic: Clinic) -> None:
    plans(clinic, one=(step("peel", channels=SMS),), other=(step("needling", channels=SMS),))

    shown = simulate(clinic, "one", "other")

    assert {item.hold and item.hold.code for item in shown} == {None, "MERGED"}
    assert [("peel" in (item.body or ""), "needling" in (item.body or "")) for item in shown
            if item.body] == [(True, True)]  # fmt: skip


def test_plans_of_different_days_are_not_merged(clinic: Clinic) -> None:
    plans(clinic, one=(step("peel", channels=SMS),), other=(step("needling", day=1, channels=SMS),))

    shown = simulate(
        clinic,
        plans=(
            PlanAt(plan="one", procedure_at=PROCEDURE),
            PlanAt(plan="other", procedure_at=PROCEDURE + timedelta(days=1)),
        ),
    )

    assert [item.hold for item in shown] == [None, None]


def test_the_daily_cap_moves_the_least_important(clinic: Clinic) -> None:
    hours = ("09:00", "11:00", "13:00", "15:00", "17:00")
    care = tuple(step(f"s{at}", at=at, day=2, channels=SMS, useful_for="P3D") for at in hours)
    plans(
        clinic,
        full=(
            step("again", kind=StepKind.REBOOK, at="10:00", day=2, channels=SMS, useful_for="P3D"),
            *care,
        ),
    )

    shown = {item.step_key: item for item in simulate(clinic, "full")}

    moved = {key for key, item in shown.items() if item.hold and item.hold.code == "DAILY_CAP"}
    assert moved == {"again"}
    assert shown["again"].local_due_at.startswith("2027-03-15T09:00")


def test_a_late_step_is_shown_with_why_it_is_not_sent(clinic: Clinic) -> None:
    shown = simulate(clinic, plans=(PlanAt(plan=PLAN.slug, procedure_at=NOW + timedelta(hours=2)),))

    assert ("prepare", "LATE_EXPIRED") in codes(shown)


def test_a_stated_zone_of_the_patient_counts(clinic: Clinic) -> None:
    patient = clinic.register(time_zone="Asia/Kathmandu")

    shown = simulate(clinic, patient_id=patient.id)

    assert all(item.local_due_at.endswith("[Asia/Kathmandu]") for item in shown)


@pytest.mark.parametrize("changes", [{"patient_id": 4711}, {"plans": (PlanAt(
    plan="no-such", procedure_at=PROCEDURE),)}])  # fmt: skip
def test_an_unknown_plan_or_patient_shows_nothing(clinic: Clinic, changes: dict[str, Any]) -> None:
    usual: dict[str, Any] = {
        "scope": clinic.scope(),
        "plans": (PlanAt(plan=PLAN.slug, procedure_at=PROCEDURE),),
        "time_zone": "Europe/Lisbon",
    }

    assert clinic.service.ask(SimulateEnrollment(**(usual | changes))) is None


def test_another_clinics_patient_is_unknown(service: Service, clinic: Clinic) -> None:
    patient = clinic.register()
    other = Clinic(service, "Elm Clinic")

    asked = SimulateEnrollment(
        scope=other.scope(role=Role.ADMIN),
        plans=(PlanAt(plan=PLAN.slug, procedure_at=PROCEDURE),),
        time_zone="Europe/Lisbon",
        patient_id=patient.id,
    )

    assert service.ask(asked) is None


def test_marketing_needs_its_own_consent(clinic: Clinic) -> None:
    patient = clinic.register()

    shown = simulate(clinic, patient_id=patient.id)

    assert PLAN.steps[-1].purpose is Purpose.MARKETING
    assert {item.hold and item.hold.code for item in shown if item.step_key == "again"} == {
        "NO_CONSENT"
    }
