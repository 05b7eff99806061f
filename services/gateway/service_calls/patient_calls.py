"""What the gateway asks about patients, beyond `ReminderCalls`."""

from dataclasses import dataclass
from typing import Final

from services.contracts.patients import ListPatients, PatientPage
from services.contracts.reminders import STREAM
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class PatientCalls:
    """As `ReminderCalls`, whose service answers these too."""

    asker: Asker

    async def list_patients(self, question: ListPatients) -> PatientPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)
