"""What the gateway asks about check-ins and escalations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.check_ins import (
    CheckInRecord,
    EscalationPage,
    EscalationRecord,
    GetCheckIns,
    GetEscalations,
    ListCheckIns,
    ListEscalations,
)
from services.contracts.reminders import STREAM, Scope
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class CheckInCalls:
    """As `ReminderCalls`, whose service answers these too."""

    asker: Asker

    async def get_check_ins(
        self, scope: Scope, ids: Sequence[int]
    ) -> Sequence[CheckInRecord | None]:
        question = GetCheckIns(scope=scope, ids=tuple(ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def list_check_ins(
        self, scope: Scope, enrollment_ids: Sequence[int]
    ) -> Sequence[Sequence[CheckInRecord]]:
        """Those of each enrollment, in one ask."""
        question = ListCheckIns(scope=scope, enrollment_ids=tuple(enrollment_ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def list_escalations(self, question: ListEscalations) -> EscalationPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def get_escalations(
        self, scope: Scope, ids: Sequence[int]
    ) -> Sequence[EscalationRecord | None]:
        question = GetEscalations(scope=scope, ids=tuple(ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)
