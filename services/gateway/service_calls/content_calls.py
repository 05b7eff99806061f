"""What the gateway asks of the content service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import Release
from services.contracts.content import (
    STREAM,
    ClinicPlan,
    FindReviews,
    GetClinicPlan,
    GetRelease,
    PlanReview,
    SignOffPlan,
    SignOffReply,
)
from services.gateway.service_calls.asker import Asker

_RELEASE_SECONDS: Final = 5.0
"""A release is the largest reply there is."""
_READ_SECONDS: Final = 3.0
_COMMAND_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class ContentCalls:
    """Every call may raise UpstreamTimeout, UpstreamUnavailable or UpstreamFailed."""

    asker: Asker

    async def current_release(self) -> Release | None:
        """None when nothing was ever published."""
        return await self.asker.ask(STREAM, GetRelease(), timeout=_RELEASE_SECONDS)

    async def clinic_plan(self, clinic_id: int, slug: str, locale: str) -> ClinicPlan | None:
        question = GetClinicPlan(clinic_id=clinic_id, slug=slug, locale=locale)
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def find_reviews(
        self, clinic_id: int, content_hashes: Sequence[str]
    ) -> Sequence[PlanReview | None]:
        question = FindReviews(clinic_id=clinic_id, content_hashes=tuple(content_hashes))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def sign_off_plan(
        self, command: SignOffPlan, *, command_id: str | None = None
    ) -> SignOffReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )
