"""What operators do to messages: send again, hold, release. Each act is kept with its reason."""

from collections.abc import Sequence

import msgspec

from services.contracts.enrollments import ReportRow
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.operations import (
    HoldRecord,
    ListHolds,
    ListOperations,
    ListTroubled,
    OperationRecord,
    PlaceHold,
    ReleaseHold,
    ReportEverywhere,
    RetryMessages,
    RetryReply,
    TroubledReply,
)
from services.contracts.words import ReminderStatus
from services.reminders.core.refusing import refuse
from services.reminders.operations.domain.operation import NewOperation
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork

TROUBLED = (ReminderStatus.FAILED, ReminderStatus.UNKNOWN)
_MOST_AT_ONCE = 10_000


def list_troubled(
    uow: OperationsUnitOfWork, asks: Sequence[ListTroubled]
) -> Sequence[TroubledReply]:
    return [uow.operations.troubled(ask) for ask in asks]


def list_holds(
    uow: OperationsUnitOfWork, asks: Sequence[ListHolds]
) -> Sequence[tuple[HoldRecord, ...]]:
    return [tuple(uow.operations.holds(is_past=ask.is_past)) for ask in asks]


def list_operations(
    uow: OperationsUnitOfWork, asks: Sequence[ListOperations]
) -> Sequence[tuple[OperationRecord, ...]]:
    return [tuple(uow.operations.acts(ask.limit)) for ask in asks]


def report_everywhere(
    uow: OperationsUnitOfWork, asks: Sequence[ReportEverywhere]
) -> list[tuple[ReportRow, ...]]:
    return [uow.operations.report(ask) for ask in asks]


def retry_messages(uow: OperationsUnitOfWork, command: RetryMessages) -> RetryReply | Refusal:
    """Send again what failed, or what a person takes the risk of sending twice."""
    if fault := _unfit(command):
        return fault
    retryable, too_late = uow.operations.count_retryable(command.state, command.which)
    if command.is_rehearsal:
        return RetryReply(retried=min(retryable, command.limit), too_late=too_late)
    if command.state is ReminderStatus.UNKNOWN:
        changed = uow.operations.reopen(command.which, command.actor, command.limit)
    else:
        changed = uow.operations.follow_up(command.which, command.limit)
    uow.operations.keep(
        NewOperation(
            kind=f"RETRY_{command.state}",
            actor=command.actor,
            reason=command.reason,
            filters=msgspec.json.encode(command.which).decode(),
            affected=len(changed),
        )
    )
    for clinic_id, outbound_id in changed:
        uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))
    return RetryReply(retried=len(changed), too_late=too_late)


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


def place_hold(uow: OperationsUnitOfWork, command: PlaceHold) -> HoldRecord | Refusal:
    """Keep matching messages back; workers learn of it with their next claim."""
    if fault := _without_reason(command.reason):
        return fault
    [placed] = uow.operations.holds([uow.operations.place(command)])
    uow.operations.keep(_act("HOLD", placed, command.actor, command.reason))
    return placed


def release_hold(uow: OperationsUnitOfWork, command: ReleaseHold) -> HoldRecord | Refusal:
    """Let a hold's messages go; those of another hold are held anew."""
    if fault := _without_reason(command.reason):
        return fault
    if not uow.operations.release(command.hold_id, command.actor):
        message = f"There is no hold {command.hold_id} that stands."
        return refuse(UserErrorCode.NOT_FOUND, message, "hold_id")
    [released] = uow.operations.holds([command.hold_id])
    uow.operations.keep(_act("RELEASE", released, command.actor, command.reason))
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
