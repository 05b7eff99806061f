"""How a receipt moves its message. Receipts come early, late, twice, and in any order."""

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus

_MAYBE_SENT = frozenset({AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN})
_TARGETS = {
    ReceiptState.ACCEPTED: ReminderStatus.ACCEPTED,
    ReceiptState.DELIVERED: ReminderStatus.DELIVERED,
    ReceiptState.UNDELIVERED: ReminderStatus.UNDELIVERED,
}


class KnownAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt and its message, held until the transaction ends."""

    clinic_id: int
    attempt_id: int
    outbound_id: int
    channel: Channel
    contact_point_id: int | None
    outcome: AttemptOutcome
    state: ReminderStatus


def moves(
    state: ReminderStatus, outcome: AttemptOutcome, receipt: ReceiptState
) -> tuple[ReminderStatus, ...]:
    """Return the states a message passes through, in order; none if the receipt changes nothing.

    A receipt that comes before our own bookkeeping says that the provider accepted the message, so
    SENDING passes through ACCEPTED. One about an attempt that was definitely refused, or that
    contradicts a final state, is stored and moves nothing.
    """
    target = _TARGETS.get(receipt)
    if target is None or outcome not in _MAYBE_SENT:
        return ()
    if state is ReminderStatus.SENDING:
        return tuple(dict.fromkeys((ReminderStatus.ACCEPTED, target)))
    if state is ReminderStatus.UNKNOWN:
        return (target,)
    if state is ReminderStatus.ACCEPTED and target is not ReminderStatus.ACCEPTED:
        return (target,)
    return ()


def contradicts(state: ReminderStatus, outcome: AttemptOutcome, receipt: ReceiptState) -> bool:
    """Whether a receipt contradicts a final state or a definite outcome."""
    target = _TARGETS.get(receipt)
    if target is None:
        return False
    if outcome not in _MAYBE_SENT:
        return True
    ends = {ReminderStatus.DELIVERED, ReminderStatus.UNDELIVERED}
    return target in ends and state in ends and state is not target
