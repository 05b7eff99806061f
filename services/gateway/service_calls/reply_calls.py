"""What the gateway asks about replies, tasks and suppressions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.reminders import STREAM, PatientReply, Scope
from services.contracts.replies import (
    CompleteTask,
    GetInbound,
    GetTasks,
    InboundRecord,
    InboxPage,
    LiftSuppression,
    ListInbox,
    ListTasks,
    SuppressContact,
    TaskPage,
    TaskRecord,
    TaskReply,
)
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0
_COMMAND_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class ReplyCalls:
    """As `ReminderCalls`, whose service answers these too."""

    asker: Asker

    async def list_tasks(self, question: ListTasks) -> TaskPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def get_tasks(self, scope: Scope, ids: Sequence[int]) -> Sequence[TaskRecord | None]:
        question = GetTasks(scope=scope, ids=tuple(ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def list_inbox(self, question: ListInbox) -> InboxPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def get_inbound(self, scope: Scope, ids: Sequence[int]) -> Sequence[InboundRecord | None]:
        question = GetInbound(scope=scope, ids=tuple(ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def complete_task(
        self, command: CompleteTask, *, command_id: str | None = None
    ) -> TaskReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )

    async def suppress_contact(
        self, command: SuppressContact, *, command_id: str | None = None
    ) -> PatientReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )

    async def lift_suppression(
        self, command: LiftSuppression, *, command_id: str | None = None
    ) -> PatientReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )
