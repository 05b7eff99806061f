"""Write the messages that may leave now. One that cannot be written ends alone."""

from collections.abc import Sequence

from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.attempts import Beginning
from services.reminders.delivery.domain.dispatch import Drop
from services.reminders.delivery.domain.outgoing import Unsendable
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.usecases.call_providers import Composer
from services.reminders.delivery.usecases.decide import Ready
from services.reminders.delivery.usecases.ports import Announce


class Preparation:
    """Returns the attempts that may begin."""

    def __init__(self, claims: Claims, compose: Composer, announce: Announce) -> None:
        self._claims = claims
        self._compose = compose
        self._announce = announce

    def __call__(self, admitted: Sequence[tuple[Ready, SenderAddress]]) -> list[Beginning]:
        beginnings = []
        for ready, sender in admitted:
            try:
                beginnings.append(self._beginning(ready, sender))
            except Unsendable as fault:
                self._fail(ready.context.claim, fault.reason)
            except Exception:  # noqa: BLE001 - CannotRender, and what no code foresaw
                self._fail(ready.context.claim, Reason.RENDER_FAILED)
        return beginnings

    def _beginning(self, ready: Ready, sender: SenderAddress) -> Beginning:
        context, message = ready.context, self._compose.text(ready, sender)
        return Beginning(
            claim=context.claim,
            sender=sender,
            consent_id=ready.send.consent_id,
            address_indexes=context.address_indexes,
            message=message,
            part=self._compose.part(ready, sender, message.text),
        )

    def _fail(self, claim: Claim, reason: Reason) -> None:
        self._claims.drop([(claim, Drop(ReminderStatus.FAILED, reason))])
        self._claims.open_task(
            claim, TaskKind.RENDER_FAILED, "A message could not be written; tell the patient"
        )
        self._announce([claim.key])
