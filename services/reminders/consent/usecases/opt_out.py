"""Records opt-outs and opt-ins.

Once an opt-out has committed, no reminder begins. It covers the clinic and every clinic that shares
the sender, because the patient's phone shows only the sender.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.contracts.catalog import Channel, Purpose
from services.contracts.events import ReminderChanged
from services.contracts.replies import RecordUnsubscribe
from services.contracts.words import ConsentMethod, SuppressionReason, TaskKind
from services.reminders.consent.domain.opt_out import (
    AddressOwner,
    ContactedAddress,
    OptOut,
    Withdrawal,
)
from services.reminders.consent.storage.unit_of_work import ConsentUnitOfWork
from services.reminders.core.clinic import end_of_day
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import NoSuchZone

_SOON: Final = timedelta(hours=2)


def opt_out(uow: ConsentUnitOfWork, request: OptOut) -> list[tuple[int, int]]:
    """Returns the (clinic id, outbound id) of each message that will not be sent."""
    skipped: list[tuple[int, int]] = []
    newly_suppressed = {
        clinic_id
        for clinic_id in request.clinic_ids
        if uow.suppressions.suppress(
            clinic_id, request.channel, request.address, SuppressionReason.OPT_OUT
        )
    }
    for owner in request.owners:
        uow.opt_outs.withdraw_consents(owner, request.channel, request.withdrawal)
        skipped += uow.opt_outs.skip_unsent(owner, Reason.OPTED_OUT)
        if owner.clinic_id in newly_suppressed and uow.opt_outs.is_in_care(owner):
            uow.opt_outs.open_task(
                owner,
                TaskKind.OPTED_OUT,
                f"Opted out of {request.channel} during care; agree on another way",
                end_of_today(uow, owner.clinic_id),
            )
    if request.channel is Channel.SMS and request.can_confirm:
        for owner in _first_per_clinic(request.owners):
            if owner.clinic_id in newly_suppressed:
                uow.opt_outs.confirm(owner, request.channel)
                break  # one phone gets one confirmation, even if clinics share the sender
    return skipped


def opt_in(uow: ConsentUnitOfWork, request: OptOut) -> bool:
    """Lift an opt-out. Returns False if there was none.

    Withdrawn consents stay withdrawn: a new consent must say what it is for.
    """
    lifted = [
        uow.suppressions.lift_opt_out(clinic_id, request.channel, request.address)
        for clinic_id in request.clinic_ids
    ]
    return any(lifted)


def end_of_today(uow: ConsentUnitOfWork, clinic_id: int) -> datetime:
    """Midnight at the clinic, or two hours from now if that is later."""
    clinic = uow.clinics.get([clinic_id])[clinic_id]
    try:
        return end_of_day(clinic, uow.now(), at_least=_SOON)
    except NoSuchZone:
        return uow.now() + _SOON


def _first_per_clinic(owners: Sequence[AddressOwner]) -> list[AddressOwner]:
    return list({owner.clinic_id: owner for owner in reversed(owners)}.values())[::-1]


def unsubscribe(uow: ConsentUnitOfWork, click: RecordUnsubscribe) -> bool:
    """End marketing mail only, or all mail. Returns whether the address is known.

    Safe to repeat.
    """
    contacted = uow.address_owners.contacted(click.clinic_id, click.contact_point_id)
    if contacted is None:
        return False
    purpose = click.purpose if click.purpose is Purpose.MARKETING else None
    withdrawal = Withdrawal(
        method=ConsentMethod.OTHER,
        source="one-click unsubscribe",
        evidence=f"{click.purpose} mail, {click.received_at.isoformat()}",
        purpose=purpose,
    )
    for clinic_id, outbound_id in _end_mail(uow, contacted, withdrawal):
        uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))
    return True


def _end_mail(
    uow: ConsentUnitOfWork, contacted: ContactedAddress, withdrawal: Withdrawal
) -> list[tuple[int, int]]:
    """Returns the (clinic id, outbound id) of each message that will not be sent."""
    if withdrawal.purpose is None:
        request = OptOut(
            channel=Channel.EMAIL,
            address=contacted.address,
            clinic_ids=contacted.clinic_ids,
            owners=contacted.owners,
            withdrawal=withdrawal,
        )
        return opt_out(uow, request)
    uow.opt_outs.withdraw_consents(contacted.owner, Channel.EMAIL, withdrawal)
    return uow.opt_outs.skip_unsent(contacted.owner, Reason.OPTED_OUT, withdrawal.purpose)
