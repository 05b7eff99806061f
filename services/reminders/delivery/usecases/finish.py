"""Store the outcomes of attempts, and what follows from them for the patient."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from services.contracts.words import ConsentMethod, SuppressionReason
from services.reminders.consent.domain.opt_out import OptOut, Withdrawal
from services.reminders.consent.usecases.opt_out import opt_out
from services.reminders.database.transactions import StorageAway
from services.reminders.delivery.domain.attempts import Ending
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.storage.unit_of_work import DeliveryUnitOfWork
from services.reminders.delivery.usecases.ports import Announce, Journal

_RETRY_SECONDS = 0.5


class ProviderOptOuts:
    """Opt-outs that a provider recorded itself and told us only by refusing a message."""

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


class Finisher:
    """Tries for `retry_seconds`. Outcomes after that are left to the sweeper and to receipts."""

    def __init__(  # noqa: PLR0913 - each part by name
        self,
        attempts: Attempts,
        opt_outs: ProviderOptOuts,
        journal: Journal,
        announce: Announce,
        *,
        retry_seconds: float,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._attempts = attempts
        self._opt_outs = opt_outs
        self._journal = journal
        self._announce = announce
        self._retry_seconds = retry_seconds
        self._monotonic = monotonic
        self._sleep = sleep

    def __call__(self, endings: Sequence[Ending]) -> None:
        if not self._store(endings):
            return
        self._journal.forget(len(endings))
        self._announce([ending.key for ending in endings])
        for ending in endings:
            if ending.suppress is SuppressionReason.OPT_OUT:
                self._opt_out(ending)

    def _store(self, endings: Sequence[Ending]) -> bool:
        """Returns whether it could be stored."""
        give_up_at = self._monotonic() + self._retry_seconds
        while True:
            try:
                late = self._attempts.finish(endings)
                if late:
                    self._attempts.reconcile(late)
            except StorageAway:
                if self._monotonic() >= give_up_at:
                    return False
                self._sleep(_RETRY_SECONDS)
            else:
                return True

    def _opt_out(self, ending: Ending) -> None:
        try:
            self._announce(self._opt_outs.record(ending))
        except StorageAway:
            return  # the provider goes on refusing, so the next message tells us again
