"""Running enrollments are migrated to a newer version; versions are withdrawn."""

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import AftercarePlan, Channel
from services.contracts.enrollments import (
    ForeseeWithdrawal,
    ListTold,
    MigrateEnrollments,
    MigrationReply,
    WithdrawalReply,
    WithdrawPlan,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import ReminderStatus
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, set_clock, step
from tests.support.reminders.moving import VISIT, effects, enrolled, everything, newest, put
from tests.support.reminders.sending import Worker

PREPARE, TODAY, WASH, CALL, AGAIN = PLAN.steps


def publish(clinic: Clinic, *steps: object, version: int = 2) -> None:
    plan = msgspec.structs.replace(
        PLAN, version=version, content_hash=f"h{version}", steps=steps or PLAN.steps
    )
    assert isinstance(plan, AftercarePlan)
    clinic.service.source.plans[PLAN.slug] = plan


def migrate(clinic: Clinic, **changes: object) -> MigrationReply | Refusal:
    command = MigrateEnrollments(plan=PLAN.slug, to_version=2, actor="ops")
    return clinic.service.do(msgspec.structs.replace(command, **changes))


def migrated(clinic: Clinic, **changes: object) -> dict[str, str]:
    """The effects on the one enrollment there is."""
    reply = migrate(clinic, **changes)
    assert isinstance(reply, MigrationReply)
    (migrated,) = reply.migrated
    return effects(migrated.changes)


def withdraw(clinic: Clinic, version: int = 1) -> WithdrawalReply | Refusal:
    command = WithdrawPlan(plan=PLAN.slug, version=version, actor="ops", reason="recalled")
    return clinic.service.do(command)


def test_the_enrolled_stay_on_their_version_until_migrated(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    publish(clinic)

    assert clinic.enrollments()[0].plan.version == 1
    migrate(clinic)
    assert [(listed.id, listed.plan.version) for listed in clinic.enrollments()] == [
        (enrollment.id, 2)
    ]


def test_an_edit_of_the_text_alone_moves_nothing(clinic: Clinic) -> None:
    enrolled(clinic)
    publish(clinic, *(msgspec.structs.replace(plan_step, title="New") for plan_step in PLAN.steps))
    before = [reminder.due_at for reminder in clinic.reminders()]

    assert migrated(clinic) == {}
    assert [reminder.due_at for reminder in clinic.reminders()] == before
    assert {reminder.title for reminder in clinic.reminders()} == {"New"}


def test_an_edit_of_the_timing_moves_what_is_unsent(clinic: Clinic, engine: sa.Engine) -> None:
    enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)
    later = [
        msgspec.structs.replace(PREPARE, after="-PT12H"),
        TODAY,
        msgspec.structs.replace(WASH, at="12:00"),
        CALL,
        AGAIN,
    ]
    publish(clinic, *later)

    assert migrated(clinic) == {"prepare": "ALREADY_SENT", "wash": "MOVED"}
    assert newest(clinic, "wash").local_due_at.startswith("2027-03-14T12:0")
    assert newest(clinic, "prepare").status is ReminderStatus.DELIVERED


def test_a_step_keeps_its_identity_by_its_key(clinic: Clinic) -> None:
    enrolled(clinic)
    before = {reminder.step_key: reminder.id for reminder in clinic.reminders()}
    publish(clinic, AGAIN, WASH, CALL, TODAY, PREPARE)

    assert migrated(clinic) == {}
    assert {reminder.step_key: reminder.id for reminder in clinic.reminders()} == before


def test_a_step_that_is_gone_is_cancelled_and_says_why(clinic: Clinic) -> None:
    enrolled(clinic)
    publish(clinic, PREPARE, TODAY, AGAIN)

    assert migrated(clinic) == {"wash": "DROPPED", "call": "DROPPED"}
    assert newest(clinic, "wash").status_reason == "STEP_REMOVED"
    assert newest(clinic, "wash").title == "About wash"
    assert clinic.service.count("staff_task", done_at=None) == 0


def test_a_new_step_is_planned(clinic: Clinic) -> None:
    enrolled(clinic)
    publish(clinic, *PLAN.steps, step("sun", day=5))

    assert migrated(clinic) == {"sun": "ADDED"}
    assert newest(clinic, "sun").status is ReminderStatus.SCHEDULED


def test_a_dry_run_changes_no_row(clinic: Clinic, engine: sa.Engine) -> None:
    enrolled(clinic)
    publish(clinic, PREPARE, TODAY, AGAIN)
    before = everything(engine)

    assert migrated(clinic, dry_run=True)["wash"] == "DROPPED"
    assert everything(engine) == before


def test_migrates_in_batches_and_each_once(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    two = clinic.enroll(enrollment.patient_id, procedure_at=VISIT + timedelta(days=9))
    publish(clinic)

    first = migrate(clinic, limit=1)
    assert isinstance(first, MigrationReply)
    second = migrate(clinic, limit=1, after=first.after)
    assert isinstance(second, MigrationReply)

    done = [migration.enrollment_id for reply in (first, second) for migration in reply.migrated]
    assert done == [enrollment.id, two.id]
    again = migrate(clinic)
    assert isinstance(again, MigrationReply)
    assert (again.migrated, again.after) == ((), None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"plan": "nothing"}, UserErrorCode.NOT_FOUND),
        ({"to_version": 3}, UserErrorCode.INVALID),
        ({"limit": 0}, UserErrorCode.INVALID),
    ],
)
def test_impossible_input_is_refused(
    clinic: Clinic, changes: dict[str, object], code: UserErrorCode
) -> None:
    publish(clinic)

    reply = migrate(clinic, **changes)

    assert isinstance(reply, Refusal)
    assert reply.code is code


def test_nothing_more_of_a_withdrawn_version_is_sent(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrolled(clinic)
    withdraw(clinic)
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.sent == []
    hold = newest(clinic, "prepare").hold
    assert hold is not None
    assert hold.code == "PLAN_WITHDRAWN"


def test_another_version_of_the_plan_goes_on(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrollment = enrolled(clinic)
    clinic.cancel(enrollment.id)
    publish(clinic)
    clinic.enroll(enrollment.patient_id)
    withdraw(clinic)
    set_clock(engine, VISIT - timedelta(hours=23))
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    assert len(worker.dispatcher.sent) == 1


def test_what_a_withdrawal_held_goes_on_with_the_version_migrated_to(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    enrolled(clinic)
    withdraw(clinic)
    set_clock(engine, VISIT)
    worker = Worker(engine, vault)
    worker.send_batch(Channel.SMS)
    publish(clinic)

    migrate(clinic)

    assert newest(clinic, "wash").hold is None
    assert newest(clinic, "today").hold is None


def test_a_withdrawal_counts_what_waits_and_lists_who_was_sent_what(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrollment = enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)
    publish(clinic)
    migrate(clinic)

    reply = withdraw(clinic)
    sent = clinic.service.ask(ListTold(plan=PLAN.slug, version=1))

    assert isinstance(reply, WithdrawalReply)
    assert (reply.unsent, reply.told) == (0, 1)
    (item,) = sent.items
    assert (item.patient_id, item.enrollment_id, item.step_key, item.status) == (
        enrollment.patient_id,
        enrollment.id,
        "prepare",
        ReminderStatus.DELIVERED,
    )


def test_the_effect_of_a_withdrawal_is_shown_before_it(clinic: Clinic, engine: sa.Engine) -> None:
    enrolled(clinic)
    put(engine, newest(clinic, "prepare").id, ReminderStatus.DELIVERED)
    foresee = ForeseeWithdrawal(plan=PLAN.slug, version=1)

    before = clinic.service.ask(foresee)
    done = withdraw(clinic)
    after = clinic.service.ask(foresee)

    assert isinstance(done, WithdrawalReply)
    assert (before.clinics, before.enrollments, before.hold_id) == (1, 1, None)
    assert (before.unsent, before.told) == (done.unsent, done.told)
    assert after == msgspec.structs.replace(before, hold_id=done.hold_id)


def test_the_outlook_of_a_version_without_enrollments_is_zero(clinic: Clinic) -> None:
    outlook = clinic.service.ask(ForeseeWithdrawal(plan=PLAN.slug, version=9))

    assert (outlook.clinics, outlook.enrollments, outlook.unsent, outlook.told) == (0, 0, 0, 0)


def test_a_version_is_withdrawn_before_anybody_is_enrolled_in_it(clinic: Clinic) -> None:
    publish(clinic)

    assert isinstance(withdraw(clinic, version=2), WithdrawalReply)
    assert isinstance(withdraw(clinic, version=3), Refusal)


def test_withdrawing_twice_changes_nothing(clinic: Clinic) -> None:
    enrolled(clinic)

    assert withdraw(clinic) == withdraw(clinic)
    assert clinic.service.count("hold") == 1


def test_nobody_is_enrolled_in_or_migrated_to_a_withdrawn_version(clinic: Clinic) -> None:
    enrollment = enrolled(clinic)
    withdraw(clinic)

    reply = clinic.service.do(
        clinic.enrollment(enrollment.patient_id, procedure_at=NOW + timedelta(days=9))
    )
    back = migrate(clinic, to_version=1)

    assert [(refusal.code, refusal.path) for refusal in reply.refusals] == [
        (UserErrorCode.PLAN_WITHDRAWN, ("plan",))
    ]
    assert isinstance(back, Refusal)
    assert back.code is UserErrorCode.PLAN_WITHDRAWN


def test_an_unknown_version_is_not_withdrawn(clinic: Clinic) -> None:
    reply = withdraw(clinic, version=7)

    assert isinstance(reply, Refusal)
    assert reply.code is UserErrorCode.NOT_FOUND
