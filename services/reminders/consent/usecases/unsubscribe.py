"""The one click that ends email: of marketing mail, or of all of it."""

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.replies import RecordUnsubscribe
from services.contracts.words import ConsentMethod
from services.reminders.consent.domain.opt_out import OptOut, Withdrawal
from services.reminders.consent.storage.unit_of_work import ConsentUnitOfWork
from services.reminders.consent.usecases.opt_out import opt_out


class UnsubscribeEffect(msgspec.Struct, frozen=True):
    """`skipped`: (clinic id, outbound id) of what will not be sent because of it."""

    is_known: bool
    skipped: tuple[tuple[int, int], ...] = ()


def unsubscribe(uow: ConsentUnitOfWork, said: RecordUnsubscribe) -> UnsubscribeEffect:
    """Safe to repeat. Who ends marketing mail goes on getting mail about their care."""
    reached = uow.address_owners.reached(said.clinic_id, said.contact_point_id)
    if reached is None:
        return UnsubscribeEffect(is_known=False)
    purpose = said.purpose if said.purpose is Purpose.MARKETING else None
    withdrawal = Withdrawal(
        method=ConsentMethod.OTHER,
        source="one-click unsubscribe",
        evidence=f"{said.purpose} mail, {said.received_at.isoformat()}",
        purpose=purpose,
    )
    if purpose is None:
        asked = OptOut(
            channel=Channel.EMAIL,
            address=reached.address,
            clinic_ids=reached.clinic_ids,
            people=reached.people,
            said=withdrawal,
        )
        return UnsubscribeEffect(is_known=True, skipped=tuple(opt_out(uow.opt_outs, asked)))
    uow.opt_outs.withdraw_consents(reached.person, Channel.EMAIL, withdrawal)
    skipped = uow.opt_outs.skip_unsent(reached.person, "OPTED_OUT", purpose)
    return UnsubscribeEffect(is_known=True, skipped=tuple(skipped))
