"""What the gateway asks about what is kept."""

from dataclasses import dataclass
from typing import Final

from services.contracts.privacy import ErasePatient, EraseReply
from services.contracts.reminders import STREAM
from services.gateway.service_calls.asker import Asker

_ERASE_SECONDS: Final = 10.0
"""A long history lies in many places."""


@dataclass(frozen=True, slots=True)
class PrivacyCalls:
    """As `ReminderCalls`, whose service answers these too."""

    asker: Asker

    async def erase_patient(
        self, command: ErasePatient, *, command_id: str | None = None
    ) -> EraseReply:
        return await self.asker.ask(STREAM, command, timeout=_ERASE_SECONDS, command_id=command_id)
