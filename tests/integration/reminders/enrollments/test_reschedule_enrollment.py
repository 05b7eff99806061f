"""A procedure moves, and everything planned around it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import MessageBody, StepKind, StepMessages
from services.contracts.enrollments import ChangeEffect, ReminderChange
from services.contracts.errors import UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.words import ProcedureState, ReminderStatus
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import outbound
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, set_clock, step
from tests.support.reminders.moving import (
    VISIT,
    effects,
    enrolled,
    everything,
    newest,
    put,
    record,
    reschedule,
)

DATED = MessageBody(text="Your visit is on {{ procedure_date }}.", subject="Your visit")


def dated_plan(clinic: Clinic) -> None:
    """Let preparation name the date, as the shipped plans do."""
    messages = StepMessages(discreet=DATED, detailed=DATED)
    steps = tuple(
        msgspec.structs.replace(plan_step, messages=dict.fromkeys(plan_step.messages, messages))
        if plan_step.kind is StepKind.PREPARE
        else plan_step
        for plan_step in PLAN.steps
    )
    clinic.service.source.plans[PLAN.slug] = msgspec.structs.replace(PLAN, steps=steps)


def preparation_effects(changes: tuple[ReminderChange, ...]) -> list[ChangeEffect]:
    return [change.effect for change in changes if change.step_key == "prepare"]


def test_what_waits_moves_with_the_procedure(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    before = {reminder.step_key: reminder.due_at for reminder in clinic.reminders()}

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    assert reply.enrollment is not None
    assert reply.enrollment.procedure_at == VISIT + timedelta(days=1)
    after = {reminder.step_key: reminder.due_at for reminder in clinic.reminders()}
    assert after == {key: at + timedelta(days=1) for key, at in before.items()}


def test_the_reply_shows_each_move_with_both_times(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    assert effects(reply.changes) == dict.fromkeys(("prepare", "today", "wash", "call"), "MOVED")
    today = next(change for change in reply.changes if change.step_key == "today")
    assert (today.was, today.becomes) == (VISIT, VISIT + timedelta(days=1))
    assert next(change.channel for change in reply.changes if change.step_key == "call") is None


def test_a_dry_run_gives_the_same_reply_and_changes_no_row(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    before = everything(engine)

    rehearsed = reschedule(clinic, enrollment.id, VISIT + timedelta(days=5), dry_run=True)

    assert everything(engine) == before
    done = reschedule(clinic, enrollment.id, VISIT + timedelta(days=5))
    assert done.changes == rehearsed.changes
    assert done.cautions == rehearsed.cautions


def test_a_move_from_an_outdated_time_is_refused(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    reply = reschedule(
        clinic,
        enrollment.id,
        VISIT + timedelta(days=2),
        expected_procedure_at=enrollment.procedure_at,
    )

    (refusal,) = reply.refusals
    assert (refusal.code, refusal.path) == (UserErrorCode.STALE, ("expected_procedure_at",))


def test_a_repeated_request_gets_the_same_answer_and_moves_once(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    wanted = {"expected_procedure_at": VISIT, "idempotency_key": "m1"}
    first = reschedule(clinic, enrollment.id, VISIT + timedelta(days=1), **wanted)
    before = everything(engine)

    assert reschedule(clinic, enrollment.id, VISIT + timedelta(days=1), **wanted) == first
    assert everything(engine) == before


def test_a_key_of_another_move_is_a_conflict(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    reschedule(clinic, enrollment.id, VISIT + timedelta(days=1), idempotency_key="m1")

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=2), idempotency_key="m1")

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.CONFLICT]


@pytest.mark.parametrize(
    "state", [ReminderStatus.SENDING, ReminderStatus.ACCEPTED, ReminderStatus.UNKNOWN]
)
def test_what_has_begun_stays_as_it_was(
    clinic: Clinic, engine: sa.Engine, state: ReminderStatus
) -> None:
    enrollment = enrolled(clinic)
    sent = newest(clinic, "prepare")
    put(engine, sent.id, state)

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    assert preparation_effects(reply.changes)[0] is ChangeEffect.ALREADY_SENT
    assert newest(clinic, "prepare").due_at == sent.due_at
    assert len([reminder for reminder in clinic.reminders() if reminder.step_key == "prepare"]) == 1


def test_preparation_is_asked_for_again_when_the_visit_moves_far(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    first = newest(clinic, "prepare")
    put(engine, first.id, ReminderStatus.DELIVERED)

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=4))

    assert preparation_effects(reply.changes) == [
        ChangeEffect.ALREADY_SENT,
        ChangeEffect.ADDED,
        ChangeEffect.CORRECTION,
    ]
    again = newest(clinic, "prepare")
    assert (again.status, again.due_at) == (
        ReminderStatus.SCHEDULED,
        first.due_at + timedelta(days=4),
    )


def test_preparation_that_went_out_is_not_repeated_for_three_days(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=3))

    preparation = preparation_effects(reply.changes)
    assert preparation == [ChangeEffect.ALREADY_SENT, ChangeEffect.CORRECTION]


def test_preparation_that_came_too_late_is_planned_for_the_later_visit(clinic: Clinic) -> None:
    enrollment = enrolled(clinic, procedure_at=NOW + timedelta(hours=2))
    assert newest(clinic, "prepare").status is ReminderStatus.EXPIRED

    reply = reschedule(clinic, enrollment.id, NOW + timedelta(days=2))

    assert effects(reply.changes)["prepare"] == "ADDED"
    assert newest(clinic, "prepare").status is ReminderStatus.SCHEDULED


def test_a_visit_moved_into_the_past_follows_each_steps_policy(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)

    reply = reschedule(clinic, enrollment.id, NOW - timedelta(days=2, hours=6))

    assert effects(reply.changes)["wash"] == "DROPPED"
    assert "wash" in {caution.step_key for caution in reply.cautions}
    assert newest(clinic, "wash").status is ReminderStatus.SKIPPED
    assert reply.enrollment is not None
    assert reply.enrollment.procedure_state is ProcedureState.PLANNED


def test_a_visit_moved_into_the_past_does_not_send_everything_at_once(clinic: Clinic) -> None:
    late = tuple(
        step(f"late-{n}", after=f"PT{n}H", late="SEND_NOW", useful_for="P9D") for n in range(3)
    )
    clinic.service.source.plans[PLAN.slug] = msgspec.structs.replace(PLAN, steps=late)
    enrollment = enrolled(clinic)

    reschedule(clinic, enrollment.id, NOW - timedelta(days=1))
    record(clinic, enrollment.id, ended_at=NOW - timedelta(days=1))

    states = sorted(reminder.status for reminder in clinic.reminders())
    assert states == [ReminderStatus.MERGED, ReminderStatus.MERGED, ReminderStatus.SCHEDULED]


def test_procedures_of_one_visit_move_together(clinic: Clinic) -> None:
    other = msgspec.structs.replace(PLAN, slug="laser-care")
    clinic.service.source.plans[other.slug] = other
    enrollment = enrolled(clinic, visit_reference="V1")
    two = clinic.enroll(
        enrollment.patient_id,
        plan=other.slug,
        visit_reference="V1",
        procedure_at=VISIT + timedelta(hours=1),
    )

    reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    (moved,) = [
        reminder
        for reminder in clinic.reminders(enrollment_id=two.id)
        if reminder.step_key == "prepare"
    ]
    assert moved.due_at == VISIT + timedelta(days=1, hours=1) - timedelta(hours=24)


def test_one_procedure_of_a_visit_can_move_alone(clinic: Clinic) -> None:
    other = msgspec.structs.replace(PLAN, slug="laser-care")
    clinic.service.source.plans[other.slug] = other
    enrollment = enrolled(clinic, visit_reference="V1")
    two = clinic.enroll(enrollment.patient_id, plan=other.slug, visit_reference="V1")

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=1), whole_visit=False)

    assert len(reply.changes) == 4
    assert {
        reminder.due_at
        for reminder in clinic.reminders(enrollment_id=two.id)
        if reminder.step_key == "today"
    } == {VISIT}


def test_an_outdated_date_that_went_out_is_corrected_once_a_day(
    clinic: Clinic, engine: sa.Engine
) -> None:
    dated_plan(clinic)
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)

    first = reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))
    second = reschedule(clinic, enrollment.id, VISIT + timedelta(days=2))

    assert [change.effect for change in first.changes].count(ChangeEffect.CORRECTION) == 1
    assert [change.effect for change in second.changes].count(ChangeEffect.CORRECTION) == 1
    assert clinic.service.count("outbound", kind="CORRECTION", state="SCHEDULED") == 1


def test_a_second_correction_waits_for_the_next_day(clinic: Clinic, engine: sa.Engine) -> None:
    dated_plan(clinic)
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)
    reschedule(clinic, enrollment.id, VISIT + timedelta(days=5))
    with engine.begin() as connection:
        connection.execute(
            sa.text("update reminders.outbound set state = 'DELIVERED' where kind = 'CORRECTION'")
        )

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=6))

    (correction,) = [change for change in reply.changes if change.effect is ChangeEffect.CORRECTION]
    assert correction.becomes is not None
    assert correction.becomes.date() == (NOW + timedelta(days=1)).date()


def corrections(changes: tuple[ReminderChange, ...]) -> list[ReminderChange]:
    return [change for change in changes if change.effect is ChangeEffect.CORRECTION]


def corrected_text(engine: sa.Engine, vault: Vault) -> str:
    with engine.connect() as connection:
        sealed = connection.execute(
            sa.select(outbound.c.body_sealed).where(outbound.c.kind == "CORRECTION")
        ).scalar_one()
    return vault.open_text(sealed or b"", context=contexts.BODY)


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(hours=1)])
def test_advice_that_names_no_date_is_corrected_when_the_visit_moves(
    clinic: Clinic, engine: sa.Engine, later: timedelta
) -> None:
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)

    rehearsed = reschedule(clinic, enrollment.id, VISIT + later, dry_run=True)
    reply = reschedule(clinic, enrollment.id, VISIT + later)

    assert [correction.step_key for correction in corrections(reply.changes)] == ["prepare"]
    assert [correction.step_key for correction in corrections(rehearsed.changes)] == ["prepare"]


def test_a_follow_up_counted_before_the_procedure_is_corrected_like_preparation(
    clinic: Clinic, engine: sa.Engine
) -> None:
    early = step("early", kind=StepKind.FOLLOW_UP, day=-1)
    clinic.service.source.plans[PLAN.slug] = msgspec.structs.replace(PLAN, steps=(early,))
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "early").id, ReminderStatus.DELIVERED)

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    assert [correction.step_key for correction in corrections(reply.changes)] == ["early"]


def test_a_correction_names_the_day_and_the_clinics_time(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)

    reschedule(clinic, enrollment.id, VISIT + timedelta(hours=1))

    assert "it is on 12 March 2027 at 13:00 now" in corrected_text(engine, vault)


def test_there_is_no_correction_if_nothing_was_sent(clinic: Clinic) -> None:
    reply = reschedule(clinic, enrolled(clinic).id, VISIT + timedelta(days=1))

    assert corrections(reply.changes) == []


def test_there_is_no_correction_if_the_visit_stays_on_the_minute(
    clinic: Clinic, engine: sa.Engine
) -> None:
    dated_plan(clinic)
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(seconds=30))

    assert corrections(reply.changes) == []


def test_a_reminder_that_staff_cancelled_stays_cancelled(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    wash = newest(clinic, "wash")
    put(engine, wash.id, ReminderStatus.CANCELLED, state_reason="REMINDER_CANCELLED")

    reschedule(clinic, enrollment.id, VISIT + timedelta(days=5))

    assert newest(clinic, "wash").id == wash.id


def test_the_clocks_change_between_two_dates_of_a_visit(clinic: Clinic) -> None:
    """Summer time begins in Lisbon on 28 March: the local time of day stays."""
    enrollment = enrolled(clinic, procedure_at=datetime(2027, 3, 20, 15, tzinfo=UTC))

    reschedule(clinic, enrollment.id, datetime(2027, 3, 30, 14, tzinfo=UTC))

    assert newest(clinic, "wash").local_due_at.startswith("2027-04-01T10:0")


@pytest.mark.parametrize(
    ("to", "code"),
    [
        (NOW + timedelta(days=400), UserErrorCode.TOO_LATE),
        (NOW - timedelta(days=200), UserErrorCode.IN_THE_PAST),
        (datetime(2027, 3, 12), UserErrorCode.INVALID),  # noqa: DTZ001 - the fault under test
    ],
)
def test_impossible_times_are_refused(clinic: Clinic, to: datetime, code: UserErrorCode) -> None:
    reply = reschedule(clinic, enrolled(clinic).id, to)

    assert [(refusal.code, refusal.path) for refusal in reply.refusals] == [
        (code, ("procedure_at",))
    ]


def test_what_took_place_does_not_move(clinic: Clinic, engine: sa.Engine) -> None:
    enrollment = enrolled(clinic)
    set_clock(engine, VISIT + timedelta(hours=1))
    record(clinic, enrollment.id, ended_at=VISIT + timedelta(minutes=30))

    reply = reschedule(clinic, enrollment.id, VISIT + timedelta(days=7))

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_ALLOWED]


def test_another_clinics_enrollment_does_not_exist(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)

    reply = reschedule(Clinic(clinic.service, "Other Clinic"), enrollment.id, VISIT)

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]


def test_each_change_is_announced(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    clinic.service.events.clear()

    reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    announced = {event.reminder_id for event in clinic.service.events_of(ReminderChanged)}
    assert announced == {reminder.id for reminder in clinic.reminders()}


def test_a_moved_reminder_records_why_it_was_moved(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)

    reschedule(clinic, enrollment.id, VISIT + timedelta(days=1))

    assert "PROCEDURE_MOVED" in {why.code for why in newest(clinic, "wash").why}


def test_a_planned_again_reminder_says_why(clinic: Clinic) -> None:
    enrollment = enrolled(clinic, procedure_at=NOW + timedelta(hours=2))

    reschedule(clinic, enrollment.id, NOW + timedelta(days=2))

    again = newest(clinic, "prepare")
    assert again.status_reason == "PROCEDURE_MOVED"
    assert "PLANNED" not in {why.code for why in again.why}
