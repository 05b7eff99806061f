"""An in-memory store for the payloads of callbacks and pages."""

from collections.abc import Callable
from datetime import UTC, datetime

from services.gateway.intake.items import IntakePayload

NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)


class Kept:
    """Keeps payloads, made with the time `NOW`."""

    def __init__(self) -> None:
        self.payloads: list[IntakePayload] = []

    def keep(self, make: Callable[[datetime], IntakePayload]) -> None:
        self.payloads.append(make(NOW))
