"""Says what sending does in the words of traffic."""

from collections.abc import Callable

from services.reminders.core.claim import Claim
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.dispatch import IGNORED, Rule
from services.reminders.delivery.domain.outgoing import Outcome, RejectedForNow, failure_of
from services.reminders.delivery.usecases.traffic_ports import Call, Wanted


class Stopwatch:
    """How long a call took, from leaving to its answer; 0 for what never left."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._started: float | None = None
        self.seconds = 0.0

    def start(self) -> None:
        self._started = self._monotonic()

    def stop(self) -> None:
        if self._started is not None:
            self.seconds = self._monotonic() - self._started


def wanted_for(claim: Claim, sender: SenderAddress) -> Wanted:
    ignores_rate = Rule.FAIRNESS in IGNORED[claim.kind]
    return Wanted(
        provider=sender.provider,
        account=account_of(sender),
        clinic_id=None if ignores_rate else claim.clinic_id,
    )


def call(sender: SenderAddress, outcome: Outcome, seconds: float) -> Call:
    return Call(
        provider=sender.provider,
        account=account_of(sender),
        failure=failure_of(outcome),
        seconds=seconds,
        retry_after=outcome.retry_after if isinstance(outcome, RejectedForNow) else None,
    )


def account_of(sender: SenderAddress) -> str:
    """The account whose rate a sender shares; empty for the one in the settings."""
    return sender.account.name if sender.account else ""
