"""Record what a provider says about an attempt, and move its message forward."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from services.contracts.reminders import RecordReceipt
from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus, TaskKind
from services.reminders.domain.receipts import contradicts, moves


class KnownAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt and its message, held until the transaction ends."""

    clinic_id: int
    attempt_id: int
    outbound_id: int
    outcome: AttemptOutcome
    state: ReminderStatus


class Receipts(Protocol):
    def hold(self, said: RecordReceipt) -> KnownAttempt | None:
        """Find the attempt by our id, else by the provider's reference, and lock its message."""
        ...

    def add(self, attempt: KnownAttempt, said: RecordReceipt) -> bool:
        """False when the same was said before."""
        ...

    def accept(self, attempt: KnownAttempt, provider_reference: str | None) -> None:
        """The provider took it, whatever we knew."""
        ...

    def move(
        self, attempt: KnownAttempt, path: Sequence[ReminderStatus], code: str | None
    ) -> None: ...

    def open_task(self, attempt: KnownAttempt, kind: TaskKind, title: str) -> None: ...


class ReceiptEffect(msgspec.Struct, frozen=True, kw_only=True):
    """`changed` is (clinic id, outbound id) of a message that moved."""

    is_known: bool
    changed: tuple[int, int] | None = None
    is_contrary: bool = False


def record_receipt(receipts: Receipts, said: RecordReceipt) -> ReceiptEffect:
    """Every receipt of a known attempt is kept; none moves a message back."""
    attempt = receipts.hold(said)
    if attempt is None:
        return ReceiptEffect(is_known=False)
    receipts.add(attempt, said)
    path = moves(attempt.state, attempt.outcome, said.state)
    if not path:
        is_contrary = contradicts(attempt.state, attempt.outcome, said.state)
        return ReceiptEffect(is_known=True, is_contrary=is_contrary)
    receipts.accept(attempt, said.provider_reference)
    receipts.move(attempt, path, said.code)
    if said.state is ReceiptState.UNDELIVERED:
        receipts.open_task(
            attempt, TaskKind.UNREACHABLE, "A message did not arrive; tell the patient otherwise"
        )
    return ReceiptEffect(is_known=True, changed=(attempt.clinic_id, attempt.outbound_id))
