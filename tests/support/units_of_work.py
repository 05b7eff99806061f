"""Units of work in a test, as the service and the dispatcher open them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.events import Event
from services.contracts.incoming import RecordInbound
from services.reminders.check_ins.usecases.alert_staff import OperatorAddress
from services.reminders.check_ins.usecases.record_inbound import InboundEffect, record_inbound
from services.reminders.check_ins.usecases.run_check_in_timers import CheckInTimers
from services.reminders.rendering.links import SignedLinks
from services.reminders.unit_of_work import RemindersUnitOfWork, UnitOfWorkFactory

OPERATOR = OperatorAddress(Channel.EMAIL, "operator@product.example")
LINKS = SignedLinks("http://127.0.0.1:8000", "not a secret")


def units_of(vault: Vault, publish: Callable[[Event], None] = lambda _: None) -> UnitOfWorkFactory:
    return UnitOfWorkFactory(vault, publish)


@contextmanager
def unit_of_work(engine: sa.Engine, vault: Vault) -> Iterator[RemindersUnitOfWork]:
    """One transaction, whose events nobody hears."""
    with units_of(vault).transaction(engine) as uow:
        yield uow


def take_text(engine: sa.Engine, vault: Vault, inbound: RecordInbound) -> InboundEffect:
    """As the service does when a text comes in."""
    with unit_of_work(engine, vault) as uow:
        return record_inbound(uow, inbound)


class Watchman:
    """The dispatcher's check-in timers; `pages` holds (clinic id, tier) of each page.

    `broken`: rounds that failed.
    """

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self.events: list[Event] = []
        self.pages: list[tuple[int, int]] = []
        self.broken: list[str] = []
        units = units_of(vault, self.events.append)
        self.round = CheckInTimers(partial(units.transaction, engine), (OPERATOR,), LINKS, self)

    def unanswered(self, clinic_id: int, rung: int) -> None:
        self.pages.append((clinic_id, rung))

    def failed(self, what: str, fault: Exception) -> None:
        self.broken.append(f"{what}: {type(fault).__name__}")
