"""Asking reminders to take over what came in."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import CancelledError

from services.chassis.ask import AskClient, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.chassis.logs import get_logger
from services.contracts.incoming import RecordReceipt
from services.contracts.reminders import STREAM
from services.gateway.intake.items import Handed, IntakeItem, kind_of

PATIENCE_SECONDS = 300.0
"""How long a receipt of nothing we know is tried again: it may be ahead of our own bookkeeping."""

log = get_logger(__name__)


class RemindersDesk:
    """Asks through the process's one client, from the forwarder's thread."""

    def __init__(self, asker: AskClient, loop: asyncio.AbstractEventLoop) -> None:
        self._asker = asker
        self._loop = loop

    def hand_on(self, items: Sequence[IntakeItem]) -> list[Handed]:
        """What became of each; none is taken when the process is ending."""
        asking = asyncio.run_coroutine_threadsafe(self._ask_all(items), self._loop)
        try:
            return asking.result()
        except CancelledError:
            return [Handed.LATER] * len(items)

    async def _ask_all(self, items: Sequence[IntakeItem]) -> list[Handed]:
        return await asyncio.gather(*(self._ask(item) for item in items))

    async def _ask(self, item: IntakeItem) -> Handed:
        kind = kind_of(item.told)
        try:
            was_news = await self._asker.ask(STREAM, item.told, command_id=_command_id(item))
        except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed) as fault:
            log.warning("not_handed_on", kind=kind, error=type(fault).__name__)
            return Handed.LATER
        if was_news:
            return Handed.TAKEN
        log.info("handed_on_without_effect", kind=kind)
        return _unknown_receipt(item) if isinstance(item.told, RecordReceipt) else Handed.TAKEN


def _unknown_receipt(item: IntakeItem) -> Handed:
    return Handed.LATER if item.age_seconds < PATIENCE_SECONDS else Handed.DROPPED


def _command_id(item: IntakeItem) -> str:
    """The row's own id: twice changes nothing.

    A receipt that found no attempt must be asked about anew, and recording one twice is harmless.
    """
    if isinstance(item.told, RecordReceipt) and item.attempts:
        return f"{item.id}.{item.attempts}"
    return str(item.id)
