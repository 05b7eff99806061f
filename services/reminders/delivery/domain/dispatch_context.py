from collections.abc import Mapping

import msgspec

from services.contracts.catalog import AftercareStep
from services.reminders.core.message_text import MessageFacts, RenderedMessage, StepText
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.dispatch import DispatchFacts


class DispatchContext(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed message with everything that deciding about it and sending it needs.

    `address_indexes` find the address, the one under the newest key first. The text is either
    `stored_text`, or rendered from `step` and `message_facts`.
    """

    claim: Claim
    facts: DispatchFacts
    address: str | None
    address_indexes: tuple[bytes, ...]
    senders: tuple[SenderAddress, ...]
    sender_lack: Reason | None = None  # why the clinic's first sender is not among them
    held_providers: Mapping[str, int] = {}  # and the hold of each
    refused_by: frozenset[str] = frozenset()  # providers that definitely did not take it
    step: AftercareStep | None = None
    message_facts: MessageFacts | None = None
    merged_steps: tuple[StepText, ...] = ()  # texts of other messages of the same hour
    stored_text: RenderedMessage | None = None
