"""What the gateway asks about patients, beyond `ReminderCalls`."""

from dataclasses import dataclass
from typing import Final

from services.contracts.patients import ConfirmConsent, ListPatients, PatientPage, UpdatePatient
from services.contracts.reminders import STREAM, PatientReply
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0
_COMMAND_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class PatientCalls:
    """As `ReminderCalls`, whose service answers these too."""

    asker: Asker

    async def list_patients(self, question: ListPatients) -> PatientPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def update_patient(
        self, command: UpdatePatient, *, command_id: str | None = None
    ) -> PatientReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )

    async def confirm_consent(
        self, command: ConfirmConsent, *, command_id: str | None = None
    ) -> PatientReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )
