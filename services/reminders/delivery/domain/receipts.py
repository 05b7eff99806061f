"""What a receipt does to its message. Receipts come early, late, twice, and in any order."""

from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus

_STILL_MEANT = frozenset({AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN})
_TARGETS = {
    ReceiptState.ACCEPTED: ReminderStatus.ACCEPTED,
    ReceiptState.DELIVERED: ReminderStatus.DELIVERED,
    ReceiptState.UNDELIVERED: ReminderStatus.UNDELIVERED,
}


def moves(
    state: ReminderStatus, outcome: AttemptOutcome, receipt: ReceiptState
) -> tuple[ReminderStatus, ...]:
    """The states a message passes through, in order; empty when the receipt changes nothing.

    A receipt that comes before our own bookkeeping says that the provider took the message, so
    SENDING passes through ACCEPTED. One about an attempt that was definitely refused, or that
    contradicts a final state, is kept and moves nothing.
    """
    target = _TARGETS.get(receipt)
    if target is None or outcome not in _STILL_MEANT:
        return ()
    if state is ReminderStatus.SENDING:
        return tuple(dict.fromkeys((ReminderStatus.ACCEPTED, target)))
    if state is ReminderStatus.UNKNOWN:
        return (target,)
    if state is ReminderStatus.ACCEPTED and target is not ReminderStatus.ACCEPTED:
        return (target,)
    return ()


def contradicts(state: ReminderStatus, outcome: AttemptOutcome, receipt: ReceiptState) -> bool:
    """Whether a receipt says otherwise than what we hold for final or definite."""
    target = _TARGETS.get(receipt)
    if target is None:
        return False
    if outcome not in _STILL_MEANT:
        return True
    ends = {ReminderStatus.DELIVERED, ReminderStatus.UNDELIVERED}
    return target in ends and state in ends and state is not target
