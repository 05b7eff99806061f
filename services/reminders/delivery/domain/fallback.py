"""Which channel carries a reminder that another one cannot."""

from collections.abc import Mapping
from typing import Final

from services.contracts.catalog import AftercareStep, Channel

FALLBACKS: Final[Mapping[Channel, Channel]] = {Channel.SMS: Channel.EMAIL}
"""After a definite failure only: what may have arrived goes nowhere else."""


def fallback(step: AftercareStep, failed: Channel) -> Channel | None:
    """Where a step goes when a channel failed for good; None where its plan has no words for it."""
    other = FALLBACKS.get(failed)
    if other is None or other not in step.channels or other not in step.messages:
        return None
    return other
