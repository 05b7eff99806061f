"""Where the gateway keeps what callbacks and pages tell it, in memory."""

from collections.abc import Callable
from datetime import UTC, datetime

from services.gateway.intake.items import IntakePayload

NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)


class Kept:
    """What was told, as it was made for `NOW`."""

    def __init__(self) -> None:
        self.told: list[IntakePayload] = []

    def keep(self, make: Callable[[datetime], IntakePayload]) -> None:
        self.told.append(make(NOW))
