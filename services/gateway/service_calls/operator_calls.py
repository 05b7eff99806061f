"""What the gateway asks for operators: of all clinics, and of nobody in them."""

from dataclasses import dataclass
from typing import Final

from services.contracts.enrollments import ReportRow
from services.contracts.operations import ReportEverywhere
from services.contracts.reminders import STREAM
from services.gateway.service_calls.asker import Asker

_REPORT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class OperatorCalls:
    asker: Asker

    async def report(self, question: ReportEverywhere) -> tuple[ReportRow, ...]:
        return await self.asker.ask(STREAM, question, timeout=_REPORT_SECONDS)
