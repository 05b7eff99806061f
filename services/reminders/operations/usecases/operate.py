"""What operators do to messages: send again, hold, release. Each act is kept with its reason."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.operations import (
    HoldRecord,
    ListHolds,
    ListOperations,
    ListTroubled,
    MessageFilter,
    OperationRecord,
    PlaceHold,
    ReleaseHold,
    RetryMessages,
    RetryReply,
    TroubledReply,
)
from services.contracts.words import ReminderStatus
from services.reminders.core.refusing import refuse

TROUBLED = (ReminderStatus.FAILED, ReminderStatus.UNKNOWN)
_MOST_AT_ONCE = 10_000


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an operator's act; `filters` is JSON."""

    kind: str
    actor: str
    reason: str
    filters: str
    affected: int


class Operations(Protocol):
    """One transaction's view."""

    def troubled(self, ask: ListTroubled) -> TroubledReply: ...
    def count_retryable(self, state: ReminderStatus, which: MessageFilter) -> tuple[int, int]:
        """How many could be sent again, and how many are no longer of use."""
        ...

    def follow_up(self, which: MessageFilter, limit: int) -> Sequence[tuple[int, int]]:
        """Let a new message follow each failed one; answers with the new ones."""
        ...

    def reopen(self, which: MessageFilter, actor: str, limit: int) -> Sequence[tuple[int, int]]:
        """Close unknown attempts and make their messages due; answers with the messages."""
        ...

    def place(self, hold: PlaceHold) -> int: ...
    def release(self, hold_id: int, actor: str) -> bool:
        """False when there is no such hold, or it was released before."""
        ...

    def holds(
        self, ids: Collection[int] | None = None, *, is_past: bool = True
    ) -> Sequence[HoldRecord]: ...
    def keep(self, act: Act) -> None: ...
    def acts(self, limit: int) -> Sequence[OperationRecord]: ...


def list_troubled(books: Operations, asks: Sequence[ListTroubled]) -> Sequence[TroubledReply]:
    return [books.troubled(ask) for ask in asks]


def list_holds(books: Operations, asks: Sequence[ListHolds]) -> Sequence[tuple[HoldRecord, ...]]:
    return [tuple(books.holds(is_past=ask.is_past)) for ask in asks]


def list_operations(
    books: Operations, asks: Sequence[ListOperations]
) -> Sequence[tuple[OperationRecord, ...]]:
    return [tuple(books.acts(ask.limit)) for ask in asks]


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """`changed`: messages to tell watchers of."""

    reply: RetryReply | Refusal
    changed: Sequence[tuple[int, int]] = ()


def retry_messages(books: Operations, command: RetryMessages) -> Retried:
    """Send again what failed, or what a person takes the risk of sending twice."""
    if fault := _unfit(command):
        return Retried(reply=fault)
    retryable, too_late = books.count_retryable(command.state, command.which)
    if command.is_rehearsal:
        return Retried(reply=RetryReply(retried=min(retryable, command.limit), too_late=too_late))
    if command.state is ReminderStatus.UNKNOWN:
        changed = books.reopen(command.which, command.actor, command.limit)
    else:
        changed = books.follow_up(command.which, command.limit)
    books.keep(
        Act(
            kind=f"RETRY_{command.state}",
            actor=command.actor,
            reason=command.reason,
            filters=msgspec.json.encode(command.which).decode(),
            affected=len(changed),
        )
    )
    return Retried(reply=RetryReply(retried=len(changed), too_late=too_late), changed=changed)


def _unfit(command: RetryMessages) -> Refusal | None:
    if command.state not in TROUBLED:
        return refuse(UserErrorCode.INVALID, "Only FAILED or UNKNOWN is sent again.", "state")
    if not 0 < command.limit <= _MOST_AT_ONCE:
        return refuse(UserErrorCode.INVALID, f"Give a limit of 1 to {_MOST_AT_ONCE}.", "limit")
    if command.state is ReminderStatus.UNKNOWN and not command.accepts_duplicates:
        message = "An unknown message may have arrived: accept that some patients get it twice."
        return refuse(UserErrorCode.REQUIRED, message, "accepts_duplicates")
    return None if command.is_rehearsal else _without_reason(command.reason)


def _without_reason(reason: str) -> Refusal | None:
    if reason.strip():
        return None
    return refuse(UserErrorCode.REQUIRED, "Say why: it is kept with what was done.", "reason")


def place_hold(books: Operations, command: PlaceHold) -> HoldRecord | Refusal:
    """Keep matching messages back; workers learn of it with their next claim."""
    if fault := _without_reason(command.reason):
        return fault
    [placed] = books.holds([books.place(command)])
    books.keep(_act("HOLD", placed, command.actor, command.reason))
    return placed


def release_hold(books: Operations, command: ReleaseHold) -> HoldRecord | Refusal:
    """Let a hold's messages go; those of another hold are held anew."""
    if fault := _without_reason(command.reason):
        return fault
    if not books.release(command.hold_id, command.actor):
        message = f"There is no hold {command.hold_id} that stands."
        return refuse(UserErrorCode.NOT_FOUND, message, "hold_id")
    [released] = books.holds([command.hold_id])
    books.keep(_act("RELEASE", released, command.actor, command.reason))
    return released


def _act(kind: str, hold: HoldRecord, actor: str, reason: str) -> Act:
    names = ("clinic_id", "channel", "provider", "plan", "plan_version")
    filters = {name: value for name in names if (value := getattr(hold, name)) is not None}
    return Act(
        kind=kind,
        actor=actor,
        reason=reason,
        filters=msgspec.json.encode({"hold": hold.id, **filters}).decode(),
        affected=hold.kept_back,
    )
