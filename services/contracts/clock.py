"""The product's clock, which the reminders service answers for; see services.chassis.clock."""

from datetime import datetime

from services.contracts.ask import Ask, Command
from services.contracts.errors import Refusal
from services.contracts.reminders import Record


class ClockRecord(Record, frozen=True, kw_only=True, tag=True):
    product: datetime
    real: datetime
    rate: float


class ShowClock(Ask[ClockRecord], frozen=True, kw_only=True):
    """What the product takes for now, and how fast it runs."""


class AdvanceClock(Command[ClockRecord | Refusal], frozen=True, kw_only=True):
    """Move product time forward; refused in production and for a negative duration."""

    seconds: float
