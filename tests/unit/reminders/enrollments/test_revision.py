"""What becomes of a reminder when the time of its step changes."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.catalog import Channel, StepKind
from services.contracts.enrollments import ChangeEffect
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.domain.revision import (
    Add,
    End,
    Keep,
    Move,
    Placing,
    PlannedRow,
    Revision,
    RevisionTarget,
    revise,
)
from services.reminders.enrollments.domain.schedule import NominalTime, PlannedStep, StepOutcome
from tests.support.reminders.aftercare import NOW, step

WAS = NOW + timedelta(days=1)
BECOMES = NOW + timedelta(days=5)
STEP_ON_SMS = ("wash", Channel.SMS)


def row(**changes: Any) -> PlannedRow:
    usual: dict[str, Any] = {
        "id": 1,
        "step_key": "wash",
        "step_kind": StepKind.CARE,
        "channel": Channel.SMS,
        "state": ReminderStatus.SCHEDULED,
        "state_reason": "PLANNED",
        "due_at": WAS,
        "useful_until": WAS + timedelta(days=1),
        "generation": 0,
    }
    return PlannedRow(**usual | changes)


def revised(
    *rows: PlannedRow,
    becomes: Any = BECOMES,
    outcome: StepOutcome = StepOutcome.DUE,
    code: Reason = Reason.PLANNED,
    **changes: Any,
) -> Revision:
    planned = PlannedStep(
        step=step("wash"),
        outcome=outcome,
        due_at=max(becomes, NOW),
        useful_until=becomes + timedelta(days=1),
        decided=(code,),
    )
    placing = Placing(
        was=NominalTime(at=WAS, useful_until=WAS + timedelta(days=1)),
        now=NominalTime(at=becomes, useful_until=becomes + timedelta(days=1)),
        planned=planned,
    )
    usual: dict[str, Any] = {
        "now": NOW,
        "placings": {"wash": placing},
        "reachable": (STEP_ON_SMS,),
        "shift": becomes - WAS,
    }
    return revise(rows, RevisionTarget(**usual | changes))


def effects(revision: Revision) -> list[ChangeEffect]:
    return [change.effect for change in revision.changes]


@pytest.mark.parametrize(
    "state", [ReminderStatus.SCHEDULED, ReminderStatus.QUEUED, ReminderStatus.MERGED]
)
def test_a_reminder_that_waits_moves_with_the_visit(state: ReminderStatus) -> None:
    revision = revised(row(state=state))

    assert [type(act) for act in revision.acts] == [Move]
    assert effects(revision) == [ChangeEffect.MOVED]


def test_a_reminder_with_an_unchanged_time_stays_as_it_is() -> None:
    """It may have been put off, or wait for the patient's morning."""
    revision = revised(row(due_at=WAS + timedelta(hours=9)), becomes=WAS)

    assert [type(act) for act in revision.acts] == [Keep]
    assert effects(revision) == []


def test_what_was_held_past_its_time_follows_its_policy() -> None:
    past = NOW - timedelta(hours=1)
    revision = revised(
        row(due_at=past, is_held=True),
        becomes=WAS,
        outcome=StepOutcome.SKIPPED,
        code=Reason.LATE_SKIPPED,
    )

    (act,) = revision.acts
    assert isinstance(act, End)
    assert (act.state, act.code) == (ReminderStatus.SKIPPED, "LATE_SKIPPED")


def test_a_merged_reminder_that_is_not_sent_is_cancelled() -> None:
    """The table of states lets it become nothing else."""
    revision = revised(
        row(state=ReminderStatus.MERGED), outcome=StepOutcome.SKIPPED, code=Reason.LATE_SKIPPED
    )

    (act,) = revision.acts
    assert isinstance(act, End)
    assert act.state is ReminderStatus.CANCELLED


def test_what_was_merged_into_a_sent_message_counts_as_sent() -> None:
    revision = revised(row(state=ReminderStatus.MERGED, host_has_begun=True))

    assert (revision.acts, effects(revision)) == ((), [ChangeEffect.ALREADY_SENT])


@pytest.mark.parametrize(("days", "again"), [(3, False), (4, True), (-4, True)])
def test_preparation_is_asked_for_again_only_beyond_three_days(days: int, again: bool) -> None:  # noqa: FBT001 - a parameter of the test
    sent = row(state=ReminderStatus.DELIVERED, step_kind=StepKind.PREPARE)
    revision = revised(sent, shift=timedelta(days=days))

    assert [type(act) for act in revision.acts] == ([Add] if again else [])


def test_care_is_never_repeated() -> None:
    revision = revised(row(state=ReminderStatus.DELIVERED), shift=timedelta(days=30))

    assert revision.acts == ()


def test_preparation_is_not_asked_for_again_too_late() -> None:
    sent = row(state=ReminderStatus.DELIVERED, step_kind=StepKind.PREPARE)
    revision = revised(sent, becomes=NOW - timedelta(hours=1), shift=timedelta(days=-4))

    assert revision.acts == ()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ReminderStatus.SKIPPED, "LATE_SKIPPED"),
        (ReminderStatus.EXPIRED, "USEFULNESS_OVER"),
        (ReminderStatus.CANCELLED, "STEP_REMOVED"),
        (ReminderStatus.FAILED, "NO_ROUTE"),
    ],
)
def test_what_ended_unsent_is_planned_again_for_a_time_to_come(
    state: ReminderStatus, reason: str
) -> None:
    (act,) = revised(row(state=state, state_reason=reason, generation=2)).acts

    assert isinstance(act, Add)
    assert act.generation == 3


@pytest.mark.parametrize("reachable", [(), (("wash", Channel.EMAIL),)])
def test_nothing_is_planned_again_without_a_usable_channel(reachable: tuple[Any, ...]) -> None:
    ended = row(state=ReminderStatus.SKIPPED, state_reason="OPTED_OUT")

    assert revised(ended, reachable=reachable, placings={}).acts == ()


def test_what_staff_cancelled_stays_cancelled() -> None:
    ended = row(state=ReminderStatus.CANCELLED, state_reason="REMINDER_CANCELLED")

    assert revised(ended).acts == ()


def test_the_newest_of_a_step_counts() -> None:
    first = row(state=ReminderStatus.DELIVERED, step_kind=StepKind.PREPARE)
    again = row(id=2, generation=1, step_kind=StepKind.PREPARE)
    revision = revised(first, again)

    assert [act.row.id for act in revision.acts if isinstance(act, Move)] == [2]
    assert effects(revision) == [ChangeEffect.MOVED]


def test_a_step_that_is_gone_ends_what_waits_for_it() -> None:
    (act,) = revised(row(step_key="gone")).acts[:1]

    assert isinstance(act, End)
    assert (act.state, act.code) == (ReminderStatus.CANCELLED, "STEP_REMOVED")


def test_a_channel_that_a_step_lost_ends_what_waits_for_it() -> None:
    acts = revised(row(channel=Channel.OTHER)).acts

    assert [act.row.channel for act in acts if isinstance(act, End)] == [Channel.OTHER]


def test_in_another_plan_a_step_of_the_same_key_is_another_step() -> None:
    revision = revised(row(), is_other_plan=True, adds_late=True, removal="PLAN_CHANGED")

    assert [type(act) for act in revision.acts] == [End, Add]
    assert effects(revision) == [ChangeEffect.DROPPED, ChangeEffect.ADDED]


@pytest.mark.parametrize(("adds_late", "count"), [(False, 0), (True, 1)])
def test_a_late_step_is_added_in_another_plan_only(*, adds_late: bool, count: int) -> None:
    revision = revised(becomes=NOW - timedelta(hours=1), adds_late=adds_late)

    assert len(revision.acts) == count
