"""Which messages are said in one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import ProcedureState, ReminderStatus
from services.reminders.core.visits import MOST_TOGETHER, VisitMessage, regroup, together

TEN = datetime(2027, 3, 10, 10, tzinfo=UTC)
SCHEDULED, MERGED, QUEUED = (
    ReminderStatus.SCHEDULED, ReminderStatus.MERGED, ReminderStatus.QUEUED,
)  # fmt: skip


def message(id_: int, **changes: Any) -> VisitMessage:
    usual: dict[str, Any] = {
        "state": SCHEDULED,
        "channel": Channel.SMS,
        "contact_point_id": 1,
        "purpose": Purpose.CARE,
        "priority": 1,
        "step_kind": StepKind.CARE,
        "due_at": TEN,
        "useful_until": TEN + timedelta(days=1),
        "local_due_at": "2027-03-10T10:00:00+00:00[UTC]",
    }
    return VisitMessage(id=id_, **(usual | changes))


def test_the_more_important_carries_the_other() -> None:
    assert together([message(1), message(2, step_kind=StepKind.CHECK_IN)]) == {1: 2}


def test_an_urgent_one_carries_before_a_question() -> None:
    assert together([message(1, priority=0), message(2, step_kind=StepKind.CHECK_IN)]) == {}
    assert together([message(1, priority=0), message(2)]) == {2: 1}


def test_a_question_is_never_carried() -> None:
    asks = [message(number, step_kind=StepKind.CHECK_IN) for number in (1, 2)]

    assert together(asks) == {}


def test_nothing_is_carried_by_what_is_useful_longer() -> None:
    soon_over = message(2, useful_until=TEN + timedelta(hours=1), step_kind=StepKind.REBOOK)

    assert together([message(1), soon_over]) == {}


def test_of_two_alike_the_one_that_ends_first_carries() -> None:
    assert together([message(1), message(2, useful_until=TEN + timedelta(hours=1))]) == {1: 2}


def test_only_the_same_hour_meets() -> None:
    assert together([message(1), message(2, local_due_at="2027-03-10T11:00:00+00:00[UTC]")]) == {}


def test_channels_contacts_purposes_and_states_are_kept_apart() -> None:
    others = (
        {"channel": Channel.EMAIL},
        {"contact_point_id": 2},
        {"purpose": Purpose.MARKETING},
        {"procedure_state": ProcedureState.PERFORMED},
        {"is_active": False},
    )

    assert [together([message(1), message(2, **other)]) for other in others] == [{}] * len(others)


def test_a_host_carries_no_more_than_a_text_can_hold() -> None:
    many = [message(number) for number in range(1, MOST_TOGETHER + 3)]

    assert list(together(many).values()) == [1] * (MOST_TOGETHER - 1) + [MOST_TOGETHER + 1]


def test_what_is_due_already_leaves_as_it_is() -> None:
    both = [message(1), message(2)]

    assert regroup(both, {1: SCHEDULED, 2: SCHEDULED}, now=TEN + timedelta(seconds=1)).merge == {}


def test_what_is_merged_stays_merged() -> None:
    both = [message(1), message(2, state=MERGED, merged_into=1)]

    regrouping = regroup(both, {1: SCHEDULED, 2: MERGED}, now=TEN)

    assert (regrouping.merge, regrouping.release, regrouping.requeue) == ({}, (), ())


def test_a_message_whose_host_was_cancelled_is_released() -> None:
    alone = message(2, state=MERGED, merged_into=1)

    assert regroup([alone], {1: ReminderStatus.CANCELLED, 2: MERGED}, now=TEN).release == (2,)


def test_a_message_whose_host_was_sent_stays_merged() -> None:
    merged = message(2, state=MERGED, merged_into=1)

    assert regroup([merged], {1: ReminderStatus.ACCEPTED, 2: MERGED}, now=TEN).release == ()


def test_a_claimed_host_is_requeued_when_what_it_carries_changes() -> None:
    host = message(1, state=QUEUED)
    paused = message(2, state=MERGED, merged_into=1, is_active=False)

    regrouping = regroup([host, paused], {1: QUEUED, 2: MERGED}, now=TEN)

    assert (regrouping.release, regrouping.requeue) == ((2,), (1,))


def test_another_host_is_found_when_one_is_cancelled() -> None:
    left = [message(2, state=MERGED, merged_into=1), message(3, state=MERGED, merged_into=1)]

    regrouping = regroup(left, {1: ReminderStatus.CANCELLED, 2: MERGED, 3: MERGED}, now=TEN)

    assert (regrouping.merge, regrouping.release) == ({3: 2}, (2,))


def test_what_is_not_carried_whole_together_goes_in_several_messages() -> None:
    many = [message(number) for number in range(1, 6)]

    assert together(many, fits=lambda ids: len(ids) <= 2) == {2: 1, 4: 3}


def test_a_message_that_fits_no_other_goes_alone() -> None:
    both = [message(1), message(2)]

    assert together(both, fits=lambda _: False) == {}


def test_a_merged_message_that_no_longer_fits_is_released() -> None:
    both = [message(1), message(2, state=MERGED, merged_into=1)]

    regrouping = regroup(both, {1: SCHEDULED, 2: MERGED}, now=TEN, fits=lambda _: False)

    assert (regrouping.merge, regrouping.release) == ({}, (2,))
