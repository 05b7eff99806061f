"""What becomes of one reminder when its step is meant for another time."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.catalog import Channel, StepKind
from services.contracts.enrollments import ChangeEffect
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.domain.revision import (
    Add,
    Anew,
    End,
    Keep,
    Move,
    Placing,
    PlannedRow,
    Revision,
    revise,
)
from services.reminders.enrollments.domain.schedule import PlannedStep, StepOutcome
from tests.support.aftercare import NOW, step

WAS = NOW + timedelta(days=1)
BECOMES = NOW + timedelta(days=5)
SPOT = ("wash", Channel.SMS)


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
    fate: StepOutcome = StepOutcome.DUE,
    code: Reason = Reason.PLANNED,
    **changes: Any,
) -> Revision:
    planned = PlannedStep(
        step=step("wash"),
        fate=fate,
        due_at=max(becomes, NOW),
        useful_until=becomes + timedelta(days=1),
        decided=(code,),
    )
    placing = Placing(
        was=(WAS, WAS + timedelta(days=1)),
        now=(becomes, becomes + timedelta(days=1)),
        planned=planned,
    )
    usual: dict[str, Any] = {
        "now": NOW,
        "placings": {"wash": placing},
        "reachable": (SPOT,),
        "shift": becomes - WAS,
    }
    return revise(rows, Anew(**usual | changes))


def told(revision: Revision) -> list[ChangeEffect]:
    return [change.effect for change in revision.changes]


@pytest.mark.parametrize(
    "state", [ReminderStatus.SCHEDULED, ReminderStatus.QUEUED, ReminderStatus.MERGED]
)
def test_a_reminder_that_waits_moves_with_the_visit(state: ReminderStatus) -> None:
    found = revised(row(state=state))

    assert [type(act) for act in found.acts] == [Move]
    assert told(found) == [ChangeEffect.MOVED]


def test_what_is_meant_as_before_stays_as_it_is() -> None:
    """It may have been put off, or wait for the patient's morning."""
    found = revised(row(due_at=WAS + timedelta(hours=9)), becomes=WAS)

    assert [type(act) for act in found.acts] == [Keep]
    assert told(found) == []


def test_what_was_held_past_its_time_follows_its_policy() -> None:
    past = NOW - timedelta(hours=1)
    found = revised(
        row(due_at=past, is_held=True),
        becomes=WAS,
        fate=StepOutcome.SKIPPED,
        code=Reason.LATE_SKIPPED,
    )

    (act,) = found.acts
    assert isinstance(act, End)
    assert (act.state, act.code) == (ReminderStatus.SKIPPED, "LATE_SKIPPED")


def test_a_merged_reminder_that_is_not_sent_is_cancelled() -> None:
    """The table of states lets it become nothing else."""
    found = revised(
        row(state=ReminderStatus.MERGED), fate=StepOutcome.SKIPPED, code=Reason.LATE_SKIPPED
    )

    (act,) = found.acts
    assert isinstance(act, End)
    assert act.state is ReminderStatus.CANCELLED


def test_what_was_said_in_another_message_counts_as_sent() -> None:
    found = revised(row(state=ReminderStatus.MERGED, host_has_begun=True))

    assert (found.acts, told(found)) == ((), [ChangeEffect.ALREADY_SENT])


@pytest.mark.parametrize(("days", "again"), [(3, False), (4, True), (-4, True)])
def test_preparation_is_asked_for_again_only_beyond_three_days(days: int, again: bool) -> None:  # noqa: FBT001 - a parameter of the test
    sent = row(state=ReminderStatus.DELIVERED, step_kind=StepKind.PREPARE)
    found = revised(sent, shift=timedelta(days=days))

    assert [type(act) for act in found.acts] == ([Add] if again else [])


def test_care_is_never_repeated() -> None:
    found = revised(row(state=ReminderStatus.DELIVERED), shift=timedelta(days=30))

    assert found.acts == ()


def test_preparation_is_not_asked_for_again_too_late() -> None:
    sent = row(state=ReminderStatus.DELIVERED, step_kind=StepKind.PREPARE)
    found = revised(sent, becomes=NOW - timedelta(hours=1), shift=timedelta(days=-4))

    assert found.acts == ()


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
def test_nothing_is_planned_again_where_nothing_may_be_sent(reachable: tuple[Any, ...]) -> None:
    ended = row(state=ReminderStatus.SKIPPED, state_reason="OPTED_OUT")

    assert revised(ended, reachable=reachable, placings={}).acts == ()


def test_what_staff_cancelled_stays_cancelled() -> None:
    ended = row(state=ReminderStatus.CANCELLED, state_reason="REMINDER_CANCELLED")

    assert revised(ended).acts == ()


def test_the_newest_of_a_step_counts() -> None:
    first = row(state=ReminderStatus.DELIVERED, step_kind=StepKind.PREPARE)
    again = row(id=2, generation=1, step_kind=StepKind.PREPARE)
    found = revised(first, again)

    assert [act.row.id for act in found.acts if isinstance(act, Move)] == [2]
    assert told(found) == [ChangeEffect.MOVED]


def test_a_step_that_is_gone_ends_what_waits_for_it() -> None:
    (act,) = revised(row(step_key="gone")).acts[:1]

    assert isinstance(act, End)
    assert (act.state, act.code) == (ReminderStatus.CANCELLED, "STEP_REMOVED")


def test_a_channel_that_a_step_lost_ends_what_waits_for_it() -> None:
    acts = revised(row(channel=Channel.OTHER)).acts

    assert [act.row.channel for act in acts if isinstance(act, End)] == [Channel.OTHER]


def test_in_another_plan_a_step_of_the_same_key_is_another_step() -> None:
    found = revised(row(), is_other_plan=True, makes_up=True, removed="PLAN_CHANGED")

    assert [type(act) for act in found.acts] == [End, Add]
    assert told(found) == [ChangeEffect.DROPPED, ChangeEffect.ADDED]


@pytest.mark.parametrize(("makes_up", "count"), [(False, 0), (True, 1)])
def test_a_late_step_nobody_planned_is_made_up_for_in_another_plan_only(
    *, makes_up: bool, count: int
) -> None:
    found = revised(becomes=NOW - timedelta(hours=1), makes_up=makes_up)

    assert len(found.acts) == count
