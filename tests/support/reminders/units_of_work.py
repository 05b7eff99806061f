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
from services.reminders.check_ins.usecases.record_inbound import (
    InboundEffect,
    InboundRules,
    record_inbound,
)
from services.reminders.check_ins.usecases.run_check_in_timers import CheckInTimers
from services.reminders.rendering.links import SignedLinks
from services.reminders.unit_of_work import RemindersUnitOfWork, UnitOfWorkFactory
from tests.support.reading_rules import reply_reader

OPERATOR = OperatorAddress(Channel.EMAIL, "operator@product.example")
LINKS = SignedLinks("http://127.0.0.1:8000", "not a secret")


def ignore(event: Event) -> None:
    """Publishes nothing."""


def units_of(vault: Vault, publish: Callable[[Event], None] = ignore) -> UnitOfWorkFactory:
    return UnitOfWorkFactory(vault, publish)


@contextmanager
def unit_of_work(
    engine: sa.Engine, vault: Vault, publish: Callable[[Event], None] = ignore
) -> Iterator[RemindersUnitOfWork]:
    """One transaction. Its events are published after it has committed."""
    with units_of(vault, publish).transaction(engine) as uow:
        yield uow


def receive_text(
    engine: sa.Engine,
    vault: Vault,
    inbound: RecordInbound,
    publish: Callable[[Event], None] = ignore,
) -> InboundEffect:
    """Record a text as the service does when one comes in."""
    with unit_of_work(engine, vault, publish) as uow:
        return record_inbound(uow, inbound, InboundRules(reader=reply_reader()))


class CheckInRounds:
    """The dispatcher's check-in timers, run by hand.

    `pages` holds the (clinic id, next tier) of each page to the operator, `failures` the timers
    that failed.
    """

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self.events: list[Event] = []
        self.pages: list[tuple[int, int]] = []
        self.failures: list[str] = []
        units = units_of(vault, self.events.append)
        self.run = CheckInTimers(partial(units.transaction, engine), (OPERATOR,), LINKS, self)

    def unanswered(self, clinic_id: int, tier: int) -> None:
        self.pages.append((clinic_id, tier))

    def failed(self, timer: str, fault: Exception) -> None:
        self.failures.append(f"{timer}: {type(fault).__name__}")
