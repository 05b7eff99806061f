"""What the gateway asks about messages that nobody is sent."""

from dataclasses import dataclass
from typing import Final

from services.contracts.reminders import STREAM
from services.contracts.simulation import SimulatedReminder, SimulateEnrollment
from services.gateway.service_calls.asker import Asker

_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class SimulationCalls:
    asker: Asker

    async def simulate(self, question: SimulateEnrollment) -> tuple[SimulatedReminder, ...] | None:
        return await self.asker.ask(STREAM, question, timeout=_SECONDS)
