"""Lists messages that failed or whose outcome is unknown, and sends them again."""

import msgspec

from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.events import ReminderChanged
from services.contracts.operations import (
    ListTroubled,
    RetryMessages,
    RetryReply,
    TroubledReply,
)
from services.contracts.words import ReminderStatus
from services.reminders.operations.domain.operation import NewOperation, missing_reason
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork

RETRYABLE = (ReminderStatus.FAILED, ReminderStatus.UNKNOWN)
_MOST_AT_ONCE = 10_000


def list_troubled(uow: OperationsUnitOfWork, ask: ListTroubled) -> TroubledReply:
    return uow.troubled_messages.list(ask)


def retry_messages(uow: OperationsUnitOfWork, command: RetryMessages) -> RetryReply | Refusal:
    """Send failed messages again, or unknown ones, which some patients may then get twice."""
    if fault := _fault(command):
        return fault
    retryable, too_late = uow.troubled_messages.count_retryable(command.state, command.which)
    if command.is_rehearsal:
        return RetryReply(retried=min(retryable, command.limit), too_late=too_late)
    if command.state is ReminderStatus.UNKNOWN:
        retried = uow.troubled_messages.retry_unknown(command.which, command.actor, command.limit)
    else:
        retried = uow.troubled_messages.retry_failed(command.which, command.limit)
    uow.operations.add(
        NewOperation(
            kind=f"RETRY_{command.state}",
            actor=command.actor,
            reason=command.reason,
            filters=msgspec.json.encode(command.which).decode(),
            affected=len(retried),
        )
    )
    for clinic_id, outbound_id in retried:
        uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))
    return RetryReply(retried=len(retried), too_late=too_late)


def _fault(command: RetryMessages) -> Refusal | None:
    if command.state not in RETRYABLE:
        return refuse(UserErrorCode.INVALID, "Only FAILED or UNKNOWN is sent again.", "state")
    if not 0 < command.limit <= _MOST_AT_ONCE:
        return refuse(UserErrorCode.INVALID, f"Give a limit of 1 to {_MOST_AT_ONCE}.", "limit")
    if command.state is ReminderStatus.UNKNOWN and not command.accepts_duplicates:
        message = "An unknown message may have arrived: accept that some patients get it twice."
        return refuse(UserErrorCode.REQUIRED, message, "accepts_duplicates")
    return None if command.is_rehearsal else missing_reason(command.reason)
