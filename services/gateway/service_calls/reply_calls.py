"""What the gateway asks about replies, tasks and suppressions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.reminders import STREAM, Scope
from services.contracts.replies import (
    GetInbound,
    GetTasks,
    InboundRecord,
    InboxPage,
    ListInbox,
    ListTasks,
    TaskPage,
    TaskRecord,
)
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0


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
