"""Which channel a reminder takes after another one failed."""

from collections.abc import Mapping
from typing import Final

from services.contracts.catalog import AftercareStep, Channel

FALLBACKS: Final[Mapping[Channel, Channel]] = {Channel.SMS: Channel.EMAIL}
"""Used after a definite failure only: what may have arrived is not sent again."""


def fallback(step: AftercareStep, failed: Channel) -> Channel | None:
    """Return the channel a step takes after one failed for good; None without a text for it."""
    other = FALLBACKS.get(failed)
    if other is None or other not in step.channels or other not in step.messages:
        return None
    return other
