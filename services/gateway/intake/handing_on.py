"""Asking reminders to take over what came in."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import CancelledError

from services.chassis.ask import (
    ServiceClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from services.chassis.logs import get_logger
from services.chassis.tasks import run_on_loop
from services.contracts.incoming import RecordReceipt
from services.gateway.intake.items import Handed, IntakeItem, kind_of

PATIENCE_SECONDS = 300.0
"""How long a receipt of nothing we know is tried again: it may be ahead of our own bookkeeping."""

log = get_logger(__name__)


def hand_on(
    client: ServiceClient, loop: asyncio.AbstractEventLoop, items: Sequence[IntakeItem]
) -> list[Handed]:
    """Hand on from the forwarder's thread, by the client of `loop`; returns what became of each.

    All are put off when the process is ending.
    """
    try:
        return run_on_loop(loop, _ask_all(client, items))
    except CancelledError:
        return [Handed.LATER] * len(items)


async def _ask_all(client: ServiceClient, items: Sequence[IntakeItem]) -> list[Handed]:
    return await asyncio.gather(*(_ask(client, item) for item in items))


async def _ask(client: ServiceClient, item: IntakeItem) -> Handed:
    kind = kind_of(item.told)
    try:
        was_news = await client.ask(item.told, command_id=_command_id(item))
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
