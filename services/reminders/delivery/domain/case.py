from collections.abc import Mapping

import msgspec

from services.contracts.catalog import AftercareStep
from services.reminders.core.claim import Claim
from services.reminders.core.message_text import MessageFacts, RenderedMessage, StepText
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.dispatch import Circumstances


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed message with all that is known about it.

    `address_indexes` finds the address, under the newest key first. The text is either `written`
    already, or made from `step` and `facts`.
    """

    claim: Claim
    circumstances: Circumstances
    address: str | None
    address_indexes: tuple[bytes, ...]
    senders: tuple[SenderAddress, ...]
    sender_lack: Reason | None = None  # why a sender of the clinic's is not among them
    held_providers: Mapping[str, int] = {}  # and the hold of each
    refused_by: frozenset[str] = frozenset()  # providers that definitely did not take it
    step: AftercareStep | None = None
    facts: MessageFacts | None = None
    carries: tuple[StepText, ...] = ()  # texts of other messages of the same hour
    written: RenderedMessage | None = None
