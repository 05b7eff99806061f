"""Record what a provider reports about an attempt, and move its message forward."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.events import ReminderChanged
from services.contracts.incoming import RecordReceipt
from services.contracts.words import (
    AddressFault,
    ConsentMethod,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.consent.domain.opt_out import ContactedAddress, OptOut, Withdrawal
from services.reminders.consent.usecases.opt_out import opt_out
from services.reminders.delivery.domain.attempts import Ending
from services.reminders.delivery.domain.receipts import KnownAttempt, contradicts, moves
from services.reminders.delivery.storage.receipts import ReceiptRepository
from services.reminders.delivery.storage.unit_of_work import DeliveryUnitOfWork

SOFT_BOUNCES: Final = 3
SOFT_BOUNCE_SPAN: Final = timedelta(days=7)
"""So many messages to one address that bounced within this count as a hard bounce."""


class ReceiptEffect(msgspec.Struct, frozen=True, kw_only=True):
    """`is_contrary`: the receipt contradicts the outcome of its attempt."""

    is_known: bool
    is_contrary: bool = False


def record_receipt(uow: DeliveryUnitOfWork, reported: RecordReceipt) -> ReceiptEffect:
    """Store every receipt of a known attempt. None moves a message back.

    What it says about the address is acted upon once, whatever the message's state.
    """
    attempt = uow.receipts.hold(reported)
    if attempt is None:
        return ReceiptEffect(is_known=False)
    is_new = uow.receipts.add(attempt, reported)
    path = moves(attempt, reported.state)
    changed: list[tuple[int, int]] = []
    if path:
        uow.receipts.accept(attempt, reported.provider_reference)
        uow.receipts.move(attempt, path, reported.code)
        changed.append((attempt.clinic_id, attempt.outbound_id))
    if is_new and reported.about_address:
        has_ended = _has_ended(uow.receipts, attempt, reported.about_address)
        changed += _act_on_address(uow, attempt, reported, has_ended=has_ended)
    if path and path[-1] is ReminderStatus.UNDELIVERED:
        uow.receipts.fall_back(attempt)
    for clinic_id, outbound_id in changed:
        uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))
    is_contrary = not path and contradicts(attempt, reported.state)
    return ReceiptEffect(is_known=True, is_contrary=is_contrary)


def _has_ended(receipts: ReceiptRepository, attempt: KnownAttempt, fault: AddressFault) -> bool:
    """Whether the address must not be used from now on."""
    if fault is not AddressFault.SOFT_BOUNCE:
        return True
    return receipts.soft_bounces(attempt, SOFT_BOUNCE_SPAN) >= SOFT_BOUNCES


def _act_on_address(
    uow: DeliveryUnitOfWork,
    attempt: KnownAttempt,
    reported: RecordReceipt,
    *,
    has_ended: bool,
) -> list[tuple[int, int]]:
    reached = (
        _reached(uow, attempt.clinic_id, attempt.contact_point_id, attempt.attempt_id)
        if has_ended
        else None
    )
    if reached is None or reported.about_address is None:
        return []
    if reported.about_address is AddressFault.OPT_OUT:
        source = f"{reported.provider}, as carrier"
        evidence = f"told by the carrier: {reported.code or reported.provider_state}"
        return opt_out(uow, _providers_opt_out(reached, source, evidence))
    reason = _reason(reported.about_address, reached.channel)
    newly = [
        uow.suppressions.suppress(clinic_id, reached.channel, reached.address, reason)
        for clinic_id in reached.clinic_ids
    ]
    if any(newly):
        uow.receipts.open_task(attempt, *_task(reason, reached.channel))
    return []


def record_refused_opt_out(
    open_uow: Callable[[], AbstractContextManager[DeliveryUnitOfWork]], ending: Ending
) -> list[tuple[int, int]]:
    """Record an opt-out that a provider recorded itself and told us only by refusing a message.

    The provider blocks our sender, so this counts for every clinic that sends from it, and no
    confirmation would get through. Returns the (clinic id, outbound id) of each message that
    will not be sent. Raises StorageAway.
    """
    with open_uow() as uow:
        reached = _reached(uow, ending.clinic_id, ending.contact_point_id, ending.attempt_id)
        if reached is None:
            return []
        evidence = f"refused by the carrier: {ending.code}"
        return opt_out(uow, _providers_opt_out(reached, "carrier", evidence))


def _reached(
    uow: DeliveryUnitOfWork, clinic_id: int, contact_point_id: int | None, attempt_id: int
) -> ContactedAddress | None:
    """Find whom an attempt was for, and every clinic that uses the sender it went out from."""
    if contact_point_id is None:
        return None
    target = uow.address_owners.contacted(clinic_id, contact_point_id)
    if target is None:
        return None
    clinic_ids = uow.address_owners.clinics_of_attempt(clinic_id, attempt_id)
    owners = uow.address_owners.owners(clinic_ids, target.channel, target.address)
    return msgspec.structs.replace(target, clinic_ids=clinic_ids, owners=owners)


def _providers_opt_out(reached: ContactedAddress, source: str, evidence: str) -> OptOut:
    return OptOut(
        channel=reached.channel,
        address=reached.address,
        clinic_ids=reached.clinic_ids,
        owners=reached.owners,
        withdrawal=Withdrawal(method=ConsentMethod.OTHER, source=source, evidence=evidence),
        can_confirm=False,
    )


def _reason(fault: AddressFault, channel: Channel) -> SuppressionReason:
    if fault is AddressFault.COMPLAINT:
        return SuppressionReason.COMPLAINT
    is_no_number = fault is AddressFault.HARD_BOUNCE and channel is Channel.SMS
    return SuppressionReason.INVALID if is_no_number else SuppressionReason.BOUNCE


def _task(reason: SuppressionReason, channel: Channel) -> tuple[TaskKind, str]:
    if reason is SuppressionReason.COMPLAINT:
        return TaskKind.OPTED_OUT, f"Reported our {channel} as spam; agree on another way"
    return TaskKind.UNREACHABLE, f"An address for {channel} does not work; ask for another"
