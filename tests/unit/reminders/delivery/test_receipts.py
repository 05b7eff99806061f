from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.catalog import Channel
from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus
from services.reminders.core.states import MOVES
from services.reminders.delivery.domain.receipts import KnownAttempt, contradicts, moves

ALLOWED = {(move.origin, move.target) for move in MOVES}
Situation = tuple[ReminderStatus, AttemptOutcome]


def attempt(state: ReminderStatus, outcome: AttemptOutcome, **parts: Any) -> KnownAttempt:
    return KnownAttempt(
        clinic_id=1,
        attempt_id=2,
        outbound_id=3,
        channel=Channel.SMS,
        contact_point_id=4,
        outcome=outcome,
        state=state,
        **parts,
    )


def after(situation: Situation, receipt: ReceiptState) -> Situation:
    path = moves(attempt(*situation), receipt)
    return (path[-1], AttemptOutcome.ACCEPTED) if path else situation


@pytest.mark.parametrize("receipt", [ReceiptState.DELIVERED, ReceiptState.UNDELIVERED])
def test_an_early_receipt_passes_through_accepted(receipt: ReceiptState) -> None:
    path = moves(attempt(ReminderStatus.SENDING, AttemptOutcome.OPEN), receipt)

    assert path == (ReminderStatus.ACCEPTED, ReminderStatus(str(receipt)))


def test_a_pending_state_moves_nothing() -> None:
    assert moves(attempt(ReminderStatus.SENDING, AttemptOutcome.OPEN), ReceiptState.PENDING) == ()


def test_a_receipt_settles_an_unknown_message() -> None:
    path = moves(attempt(ReminderStatus.UNKNOWN, AttemptOutcome.UNKNOWN), ReceiptState.ACCEPTED)

    assert path == (ReminderStatus.ACCEPTED,)


def test_a_receipt_of_a_refused_attempt_is_contrary() -> None:
    assert contradicts(
        attempt(ReminderStatus.SCHEDULED, AttemptOutcome.REJECTED_FOR_NOW), ReceiptState.DELIVERED
    )


@given(
    some.sampled_from(list(ReminderStatus)),
    some.sampled_from(list(AttemptOutcome)),
    some.sampled_from(list(ReceiptState)),
)
def test_every_step_is_in_the_state_table(
    state: ReminderStatus, outcome: AttemptOutcome, receipt: ReceiptState
) -> None:
    path = (state, *moves(attempt(state, outcome), receipt))

    assert set(pairwise(path)) <= ALLOWED


@given(some.permutations([*ReceiptState, ReceiptState.DELIVERED, ReceiptState.ACCEPTED]))
def test_in_any_order_and_doubled_the_first_final_word_stands(
    receipts: list[ReceiptState],
) -> None:
    start: Situation = (ReminderStatus.SENDING, AttemptOutcome.OPEN)
    states = [state for state, _ in accumulate(receipts, after, initial=start)]
    ends = [
        receipt
        for receipt in receipts
        if receipt in (ReceiptState.DELIVERED, ReceiptState.UNDELIVERED)
    ]

    assert states[-1] == ReminderStatus(str(ends[0]))
