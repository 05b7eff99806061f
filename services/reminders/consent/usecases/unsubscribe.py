"""Handles the one-click unsubscribe link of an email."""

from services.contracts.catalog import Channel, Purpose
from services.contracts.events import ReminderChanged
from services.contracts.replies import RecordUnsubscribe
from services.contracts.words import ConsentMethod
from services.reminders.consent.domain.opt_out import ContactedAddress, OptOut, Withdrawal
from services.reminders.consent.storage.unit_of_work import ConsentUnitOfWork
from services.reminders.consent.usecases.opt_out import opt_out
from services.reminders.core.reasons import Reason


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
