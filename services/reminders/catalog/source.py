"""Plans, asked of the content service."""

from services.chassis.ask import ThreadedAskClient
from services.contracts import content
from services.contracts.catalog import AftercarePlan

_SECONDS = 2.0  # less than a caller waits for its enrollment


class AskedPlans:
    def __init__(self, client: ThreadedAskClient) -> None:
        self._client = client

    def plan(self, slug: str, locale: str) -> AftercarePlan | None:
        """Raises what the ask raises when the content service is away: nothing is enrolled then."""
        question = content.GetPlan(slug=slug, locale=locale)
        return self._client.ask(content.STREAM, question, timeout=_SECONDS)
