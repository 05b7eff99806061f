"""What operators do to messages: send again, hold, release. Each act is kept with its reason."""

from collections.abc import Sequence

import msgspec

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.operations import (
    HoldRecord,
    ListHolds,
    ListOperations,
    ListTroubled,
    OperationRecord,
    PlaceHold,
    ReleaseHold,
    RetryMessages,
    RetryReply,
    TroubledReply,
)
from services.contracts.words import ReminderStatus
from services.reminders.core.refusing import refuse
from services.reminders.operations.domain.operation import NewOperation
from services.reminders.operations.storage.operations import OperationRepository

TROUBLED = (ReminderStatus.FAILED, ReminderStatus.UNKNOWN)
_MOST_AT_ONCE = 10_000


def list_troubled(
    uow: OperationRepository, asks: Sequence[ListTroubled]
) -> Sequence[TroubledReply]:
    return [uow.troubled(ask) for ask in asks]


def list_holds(
    uow: OperationRepository, asks: Sequence[ListHolds]
) -> Sequence[tuple[HoldRecord, ...]]:
    return [tuple(uow.holds(is_past=ask.is_past)) for ask in asks]


def list_operations(
    uow: OperationRepository, asks: Sequence[ListOperations]
) -> Sequence[tuple[OperationRecord, ...]]:
    return [tuple(uow.acts(ask.limit)) for ask in asks]


class RetryResult(msgspec.Struct, frozen=True, kw_only=True):
    """`changed`: messages to tell watchers of."""

    reply: RetryReply | Refusal
    changed: Sequence[tuple[int, int]] = ()


def retry_messages(uow: OperationRepository, command: RetryMessages) -> RetryResult:
    """Send again what failed, or what a person takes the risk of sending twice."""
    if fault := _unfit(command):
        return RetryResult(reply=fault)
    retryable, too_late = uow.count_retryable(command.state, command.which)
    if command.is_rehearsal:
        return RetryResult(
            reply=RetryReply(retried=min(retryable, command.limit), too_late=too_late)
        )
    if command.state is ReminderStatus.UNKNOWN:
        changed = uow.reopen(command.which, command.actor, command.limit)
    else:
        changed = uow.follow_up(command.which, command.limit)
    uow.keep(
        NewOperation(
            kind=f"RETRY_{command.state}",
            actor=command.actor,
            reason=command.reason,
            filters=msgspec.json.encode(command.which).decode(),
            affected=len(changed),
        )
    )
    return RetryResult(reply=RetryReply(retried=len(changed), too_late=too_late), changed=changed)


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


def place_hold(uow: OperationRepository, command: PlaceHold) -> HoldRecord | Refusal:
    """Keep matching messages back; workers learn of it with their next claim."""
    if fault := _without_reason(command.reason):
        return fault
    [placed] = uow.holds([uow.place(command)])
    uow.keep(_act("HOLD", placed, command.actor, command.reason))
    return placed


def release_hold(uow: OperationRepository, command: ReleaseHold) -> HoldRecord | Refusal:
    """Let a hold's messages go; those of another hold are held anew."""
    if fault := _without_reason(command.reason):
        return fault
    if not uow.release(command.hold_id, command.actor):
        message = f"There is no hold {command.hold_id} that stands."
        return refuse(UserErrorCode.NOT_FOUND, message, "hold_id")
    [released] = uow.holds([command.hold_id])
    uow.keep(_act("RELEASE", released, command.actor, command.reason))
    return released


def _act(kind: str, hold: HoldRecord, actor: str, reason: str) -> NewOperation:
    names = ("clinic_id", "channel", "provider", "plan", "plan_version")
    filters = {name: value for name in names if (value := getattr(hold, name)) is not None}
    return NewOperation(
        kind=kind,
        actor=actor,
        reason=reason,
        filters=msgspec.json.encode({"hold": hold.id, **filters}).decode(),
        affected=hold.kept_back,
    )
