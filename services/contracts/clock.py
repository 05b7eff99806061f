"""The product's clock, which the reminders service answers for; see services.chassis.clock."""

from datetime import datetime
from typing import ClassVar

from services.contracts.ask import RemindersAsk, RemindersCommand
from services.contracts.errors import Refusal
from services.contracts.reminders import Record


class ClockRecord(Record, frozen=True, kw_only=True, tag=True):
    product: datetime
    real: datetime
    rate: float


class ShowClock(RemindersAsk[ClockRecord], frozen=True, kw_only=True):
    """Get the product's time, and how fast it runs."""

    timeout_seconds: ClassVar[float] = 5.0


class AdvanceClock(RemindersCommand[ClockRecord | Refusal], frozen=True, kw_only=True):
    """Move product time forward. Refused in production and for a negative duration."""

    seconds: float
