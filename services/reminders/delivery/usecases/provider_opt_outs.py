"""Opt-outs that a provider took itself, and told us only by refusing a message."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from services.contracts.words import ConsentMethod
from services.reminders.consent.domain.opt_out import OptOut, Withdrawal
from services.reminders.consent.usecases.opt_out import opt_out
from services.reminders.delivery.domain.attempts import Ending
from services.reminders.delivery.storage.unit_of_work import DeliveryUnitOfWork


class ProviderOptOuts:
    def __init__(self, open_uow: Callable[[], AbstractContextManager[DeliveryUnitOfWork]]) -> None:
        self._open_uow = open_uow

    def record(self, ending: Ending) -> list[tuple[int, int]]:
        """Opt the patient out, as if they had written to us.

        The provider blocks our sender, so this counts for every clinic that sends from it, and no
        confirmation would get through. Returns the (clinic id, outbound id) of each message that
        will not be sent. Raises StorageAway.
        """
        if ending.contact_point_id is None:
            return []
        with self._open_uow() as uow:
            owners = uow.address_owners
            target = owners.contacted(ending.clinic_id, ending.contact_point_id)
            if target is None:
                return []
            clinic_ids = owners.clinics_of_attempt(ending.clinic_id, ending.attempt_id)
            request = OptOut(
                channel=ending.channel,
                address=target.address,
                clinic_ids=clinic_ids,
                owners=owners.owners(clinic_ids, ending.channel, target.address),
                withdrawal=Withdrawal(
                    method=ConsentMethod.OTHER,
                    source="carrier",
                    evidence=f"refused by the carrier: {ending.code}",
                ),
                can_confirm=False,
            )
            return opt_out(uow, request)
