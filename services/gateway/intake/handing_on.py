"""Asking reminders to take over what came in."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import CancelledError

from services.chassis.ask import AskClient, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.chassis.logs import get_logger
from services.contracts.reminders import STREAM
from services.gateway.intake.items import IntakeItem, kind_of

log = get_logger(__name__)


class RemindersDesk:
    """Asks through the process's one client, from the forwarder's thread."""

    def __init__(self, asker: AskClient, loop: asyncio.AbstractEventLoop) -> None:
        self._asker = asker
        self._loop = loop

    def hand_on(self, items: Sequence[IntakeItem]) -> list[bool]:
        """Whether each was taken over; False for all when the process is ending."""
        asking = asyncio.run_coroutine_threadsafe(self._ask_all(items), self._loop)
        try:
            return asking.result()
        except CancelledError:
            return [False] * len(items)

    async def _ask_all(self, items: Sequence[IntakeItem]) -> list[bool]:
        return await asyncio.gather(*(self._ask(item) for item in items))

    async def _ask(self, item: IntakeItem) -> bool:
        try:
            was_news = await self._asker.ask(STREAM, item.told, command_id=str(item.id))
        except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed) as fault:
            log.warning("not_handed_on", kind=kind_of(item.told), error=type(fault).__name__)
            return False
        if not was_news:
            log.info("handed_on_without_effect", kind=kind_of(item.told))
        return True
