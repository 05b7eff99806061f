"""Write messages, and hand them to their providers."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from services.contracts.catalog import Channel
from services.contracts.sms.limits import TextPart, next_part
from services.reminders.core.mailboxes import read_mailbox
from services.reminders.core.message_text import (
    CannotRender,
    RenderedMessage,
    StepText,
    answered_at,
)
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import SenderAddress, signed_by
from services.reminders.delivery.domain.attempts import Begun
from services.reminders.delivery.domain.dispatch import DispatchContext
from services.reminders.delivery.domain.outgoing import (
    Envelope,
    Outcome,
    OutgoingMessage,
    TooLate,
    Unsendable,
)
from services.reminders.delivery.domain.providers import Stopwatch
from services.reminders.delivery.usecases.decide import Ready
from services.reminders.delivery.usecases.ports import Journal, ProviderDispatcher
from services.reminders.rendering.links import SignedLinks
from services.reminders.rendering.renderer import as_sent, render_together


class Composer:
    """A call to a provider may take `deadline_seconds` in all."""

    def __init__(self, links: SignedLinks, deadline_seconds: float) -> None:
        self._links = links
        self._deadline_seconds = deadline_seconds

    def text(self, ready: Ready, sender: SenderAddress) -> RenderedMessage:
        """Raises CannotRender, or Unsendable for a text that cannot be stored or sent."""
        text = self._stored(ready) or self._render(ready, sender)
        try:
            text.text.encode()
            (text.subject or "").encode()
        except UnicodeEncodeError:  # half a letter, as broken software writes it
            raise Unsendable(Reason.TEXT_NOT_SENDABLE) from None
        return text

    def _stored(self, ready: Ready) -> RenderedMessage | None:
        stored = ready.context.stored_text
        if stored is None:
            return None
        return msgspec.structs.replace(
            stored, text=as_sent(stored.text, ready.context.claim.channel)
        )

    def _render(self, ready: Ready, sender: SenderAddress) -> RenderedMessage:
        context, claim = ready.context, ready.context.claim
        if context.step is None or context.message_facts is None:
            raise CannotRender("the plan has no such step")
        facts = msgspec.structs.replace(
            signed_by(sender, context.message_facts),
            unsubscribe_url=self._links.unsubscribe_url(claim),
        )
        signed = StepText(context.step, facts)
        texts = answered_at(self._links.check_in_url(*claim.key), (signed, *context.merged_steps))
        return render_together(texts, claim.channel, ready.send.detail)

    def part(self, ready: Ready, sender: SenderAddress, text: str) -> TextPart:
        """What goes out of a text now: all of it, or as much as the sender carries whole."""
        context = ready.context
        if context.claim.channel is not Channel.SMS:
            return TextPart(1, text)
        sent = context.sent_parts
        if sent is None:
            return next_part(text, sender.carries)
        return next_part(text, sender.carries, sent=sent.count, since=sent.until)

    def message(self, begun: Begun, address: str) -> OutgoingMessage:
        claim, sender = begun.beginning.claim, begun.beginning.sender
        text = begun.beginning.message
        domain = read_mailbox(sender.address).address.rpartition("@")[2]
        unsubscribe_url = self._links.unsubscribe_url(claim)
        return OutgoingMessage(
            attempt_id=begun.attempt_id,
            clinic_id=claim.clinic_id,
            to=address,
            sender=sender.address,
            subject=text.subject,
            text=begun.beginning.part.text,
            html=text.html,
            callback_url=self._links.report_url(
                claim.channel, sender.provider, claim.clinic_id, begun.attempt_id
            ),
            message_id=self._links.message_id(claim.clinic_id, begun.attempt_id, domain)
            if claim.channel is Channel.EMAIL
            else None,
            return_path=self._links.return_path(
                claim.clinic_id, begun.attempt_id, sender.bounce_domain
            ),
            unsubscribe_url=unsubscribe_url,
            list_name=f"{claim.purpose.lower()}.{claim.clinic_id}" if unsubscribe_url else None,
            deadline_seconds=self._deadline_seconds,
        )


class Sent(msgspec.Struct, frozen=True):
    """An attempt whose provider has answered, or failed to; `seconds` is how long that took."""

    begun: Begun
    context: DispatchContext
    outcome: Outcome
    seconds: float


class ProviderCalls:
    """Nothing leaves later than `leaving_seconds` after its attempt was about to begin."""

    def __init__(
        self,
        dispatcher: ProviderDispatcher,
        compose: Composer,
        journal: Journal,
        *,
        leaving_seconds: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._dispatcher = dispatcher
        self._compose = compose
        self._journal = journal
        self._leaving_seconds = leaving_seconds
        self._monotonic = monotonic

    def __call__(
        self,
        begun: Sequence[Begun],
        contexts: Mapping[tuple[int, int], DispatchContext],
        started: float,
    ) -> list[Sent]:
        """Call all at once, and return when all have answered. Never raises."""
        not_after = started + self._leaving_seconds
        own = [contexts[attempt.beginning.claim.key] for attempt in begun]
        watches = [Stopwatch(self._monotonic) for _ in begun]
        envelopes = [
            self._envelope(attempt, context.address or "", not_after, watch)
            for attempt, context, watch in zip(begun, own, watches, strict=True)
        ]
        outcomes = self._dispatcher.deliver(envelopes)
        return [
            Sent(attempt, context, outcome, watch.seconds)
            for attempt, context, outcome, watch in zip(begun, own, outcomes, watches, strict=True)
        ]

    def _envelope(self, begun: Begun, address: str, not_after: float, watch: Stopwatch) -> Envelope:
        claim, sender = begun.beginning.claim, begun.beginning.sender

        def leaving() -> None:
            if self._monotonic() > not_after:
                raise TooLate
            self._journal.note(claim.clinic_id, begun.attempt_id)
            watch.start()

        return Envelope(
            provider=sender.provider,
            account=sender.account,
            leaving=leaving,
            answered=watch.stop,
            message=self._compose.message(begun, address),
        )
