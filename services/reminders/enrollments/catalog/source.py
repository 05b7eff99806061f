"""Plans, asked of the content service."""

from services.chassis.ask import ThreadedAskClient
from services.contracts import content

_SECONDS = 2.0  # less than a caller waits for its enrollment


class AskedPlans:
    def __init__(self, client: ThreadedAskClient) -> None:
        self._client = client

    def plan(self, clinic_id: int | None, slug: str, locale: str) -> content.ClinicPlan | None:
        """Raises what the ask raises when the content service is away: nothing is enrolled then."""
        question = content.GetClinicPlan(clinic_id=clinic_id, slug=slug, locale=locale)
        return self._client.ask(question, timeout=_SECONDS)
