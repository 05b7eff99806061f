"""What the gateway tells the reminders service to change."""

from dataclasses import dataclass
from typing import Final, TypeVar

from services.contracts.ask import Command
from services.contracts.reminders import STREAM
from services.gateway.service_calls.asker import Asker

R = TypeVar("R")

_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class CommandCalls:
    """As `ReminderCalls`, whose service obeys."""

    asker: Asker

    async def carry_out(self, command: Command[R], *, command_id: str | None = None) -> R:
        """Without a `command_id` it gets a new one; asked again with the same it is done once."""
        return await self.asker.ask(STREAM, command, timeout=_SECONDS, command_id=command_id)
