"""Forwarding intake items to the reminders service."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import CancelledError
from typing import Final

from services.chassis.ask import ServiceClient, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.chassis.logs import get_logger
from services.chassis.tasks import run_on_loop
from services.contracts.incoming import RecordReceipt
from services.gateway.intake.items import ForwardOutcome, IntakeItem, kind_of

UNKNOWN_RECEIPT_SECONDS: Final = 300.0
"""How long a receipt of an unknown message is retried: it may arrive before our own record."""

log = get_logger(__name__)


def forward(
    client: ServiceClient, loop: asyncio.AbstractEventLoop, items: Sequence[IntakeItem]
) -> list[ForwardOutcome]:
    """Forward items from a thread, with the client of `loop`; return the outcome of each.

    All are to be retried when the process is ending.
    """
    try:
        return run_on_loop(loop, _forward_all(client, items))
    except CancelledError:
        return [ForwardOutcome.RETRY] * len(items)


async def _forward_all(client: ServiceClient, items: Sequence[IntakeItem]) -> list[ForwardOutcome]:
    return await asyncio.gather(*(_forward(client, item) for item in items))


async def _forward(client: ServiceClient, item: IntakeItem) -> ForwardOutcome:
    kind = kind_of(item.payload)
    try:
        had_effect = await client.ask(item.payload, command_id=_command_id(item))
    except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed) as fault:
        log.warning("not_handed_on", kind=kind, error=type(fault).__name__)
        return ForwardOutcome.RETRY
    if had_effect:
        return ForwardOutcome.ACCEPTED
    log.info("handed_on_without_effect", kind=kind)
    is_receipt = isinstance(item.payload, RecordReceipt)
    return _of_unknown_receipt(item) if is_receipt else ForwardOutcome.ACCEPTED


def _of_unknown_receipt(item: IntakeItem) -> ForwardOutcome:
    is_early = item.age_seconds < UNKNOWN_RECEIPT_SECONDS
    return ForwardOutcome.RETRY if is_early else ForwardOutcome.DROPPED


def _command_id(item: IntakeItem) -> str:
    """Return the row's own id, so that forwarding twice changes nothing.

    A receipt that found no attempt gets a new id with every try: it must be looked up again, and
    recording a receipt twice is harmless.
    """
    if isinstance(item.payload, RecordReceipt) and item.attempts:
        return f"{item.id}.{item.attempts}"
    return str(item.id)
