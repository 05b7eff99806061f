"""How a receipt moves its message. Receipts come early, late, twice, and in any order."""

from collections.abc import Iterable

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus

_MAYBE_SENT = frozenset({AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN})
_IN_DOUBT = frozenset({ReminderStatus.SENDING, ReminderStatus.UNKNOWN})
_TARGETS = {
    ReceiptState.ACCEPTED: ReminderStatus.ACCEPTED,
    ReceiptState.DELIVERED: ReminderStatus.DELIVERED,
    ReceiptState.UNDELIVERED: ReminderStatus.UNDELIVERED,
}


class KnownAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt and its message, held until the transaction ends.

    `other_parts` has what receipts say of the other accepted parts of the message's text.
    """

    clinic_id: int
    attempt_id: int
    outbound_id: int
    channel: Channel
    contact_point_id: int | None
    outcome: AttemptOutcome
    state: ReminderStatus
    is_last_part: bool = True
    other_parts: tuple[ReminderStatus, ...] = ()


def state_of_parts(states: Iterable[ReminderStatus]) -> ReminderStatus:
    """What is true of a text whose parts are in these states: ACCEPTED, or what receipts say.

    It is delivered when all parts are, and undelivered if one is.
    """
    of_parts = set(states)
    if ReminderStatus.UNDELIVERED in of_parts:
        return ReminderStatus.UNDELIVERED
    have_all_arrived = of_parts == {ReminderStatus.DELIVERED}
    return ReminderStatus.DELIVERED if have_all_arrived else ReminderStatus.ACCEPTED


def moves(attempt: KnownAttempt, receipt: ReceiptState) -> tuple[ReminderStatus, ...]:
    """Return the states a message passes through, in order; none if the receipt changes nothing.

    A receipt that comes before our own bookkeeping says that the provider accepted the message, so
    SENDING passes through ACCEPTED, or becomes due again for the next part of its text. One about
    an attempt that was definitely refused, or that contradicts a final state, is stored and moves
    nothing; so is one about a part while another one is on its way.
    """
    target = _TARGETS.get(receipt)
    if target is None or attempt.outcome not in _MAYBE_SENT:
        return ()
    whole = state_of_parts((target, *attempt.other_parts))
    if attempt.state is ReminderStatus.ACCEPTED:
        return () if whole is ReminderStatus.ACCEPTED else (whole,)
    if attempt.state not in _IN_DOUBT or _is_about_earlier_part(attempt):
        return ()
    if not attempt.is_last_part and whole is not ReminderStatus.UNDELIVERED:
        return (ReminderStatus.SCHEDULED,)
    if attempt.state is ReminderStatus.UNKNOWN:
        return (whole,)
    return tuple(dict.fromkeys((ReminderStatus.ACCEPTED, whole)))


def _is_about_earlier_part(attempt: KnownAttempt) -> bool:
    """Whether its message waits for another attempt: an answered one leaves none in doubt."""
    return attempt.outcome is AttemptOutcome.ACCEPTED


def contradicts(attempt: KnownAttempt, receipt: ReceiptState) -> bool:
    """Whether a receipt contradicts a final state or a definite outcome."""
    target = _TARGETS.get(receipt)
    if target is None or attempt.other_parts:
        return False
    if attempt.outcome not in _MAYBE_SENT:
        return True
    ends = {ReminderStatus.DELIVERED, ReminderStatus.UNDELIVERED}
    return target in ends and attempt.state in ends and attempt.state is not target
