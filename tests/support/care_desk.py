"""The desk of check-ins in a test, as the service and the dispatcher open it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.events import Event
from services.contracts.incoming import RecordInbound
from services.reminders.channels.email.links import SignedLinks
from services.reminders.check_ins.storage.inbound import InboundRepository
from services.reminders.check_ins.usecases.alert_staff import OperatorAddress
from services.reminders.check_ins.usecases.check_in_ports import CareDesk
from services.reminders.check_ins.usecases.record_inbound import InboundEffect, record_inbound
from services.reminders.check_ins.usecases.run_check_in_timers import CheckInTimers
from services.reminders.checking_in import Care
from services.reminders.consent.storage.opt_outs import OptOutRepository

OPERATOR = OperatorAddress(Channel.EMAIL, "operator@product.example")
LINKS = SignedLinks("http://127.0.0.1:8000", "not a secret")


def care_of(vault: Vault, publish: Callable[[Event], None] = lambda _: None) -> Care:
    return Care(vault, LINKS, publish)


@contextmanager
def care_desk(engine: sa.Engine, vault: Vault) -> Iterator[CareDesk]:
    with engine.begin() as connection:
        yield care_of(vault).desk(connection)


def take_text(engine: sa.Engine, vault: Vault, said: RecordInbound) -> InboundEffect:
    """As the service does when a text comes in."""
    with engine.begin() as connection:
        desk = care_of(vault).desk(connection)
        return record_inbound(
            InboundRepository(connection, vault), OptOutRepository(connection, vault), desk, said
        )


class Watchman:
    """A dispatcher's watch; `pages` holds (clinic id, rung) of each page to the operator.

    `broken`: rounds that failed.
    """

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self.events: list[Event] = []
        self.pages: list[tuple[int, int]] = []
        care = care_of(vault, self.events.append)
        self.broken: list[str] = []
        self.round = CheckInTimers(partial(care.watching, engine), (OPERATOR,), self)

    def unanswered(self, clinic_id: int, rung: int) -> None:
        self.pages.append((clinic_id, rung))

    def failed(self, what: str, fault: Exception) -> None:
        self.broken.append(f"{what}: {type(fault).__name__}")
