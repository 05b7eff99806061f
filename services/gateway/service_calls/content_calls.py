"""What the gateway asks of the content service."""

from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import Release
from services.contracts.content import STREAM, GetRelease
from services.gateway.service_calls.asker import Asker

_RELEASE_SECONDS: Final = 5.0
"""A release is the largest reply there is."""


@dataclass(frozen=True, slots=True)
class ContentCalls:
    asker: Asker

    async def current_release(self) -> Release | None:
        """None when nothing was ever published."""
        return await self.asker.ask(STREAM, GetRelease(), timeout=_RELEASE_SECONDS)
