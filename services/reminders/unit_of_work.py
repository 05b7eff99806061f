"""The unit of work of the service, and how a use case becomes the handler of an ask."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.chassis.vault import Vault
from services.contracts.events import Event
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.database.unit_of_work import PlanVersions, transaction
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork

Q = TypeVar("Q")
R = TypeVar("R")


class RemindersUnitOfWork(CheckInsUnitOfWork, PrivacyUnitOfWork):
    """All repositories of the service, in one transaction. Each is built when it is first used."""


class UnitOfWorkFactory:
    """Opens units of work. Their events are published after a commit, and not after a rollback."""

    def __init__(self, vault: Vault, publish: Callable[[Event], None]) -> None:
        self._vault = vault
        self._publish = publish
        self._plan_versions: PlanVersions = {}

    def query(
        self, read: Callable[[RemindersUnitOfWork, Sequence[Q]], Sequence[R]]
    ) -> QueryHandler:
        """Run a query with a unit of work that publishes nothing."""
        return lambda connection, questions: read(self.for_reading(connection), questions)

    def command(self, execute: Callable[[RemindersUnitOfWork, Q], R]) -> CommandHandler:
        """Run a command in the transaction of its inbox entry."""
        return lambda connection, command, context: execute(
            self.for_command(connection, context), command
        )

    def for_reading(self, connection: sa.Connection) -> RemindersUnitOfWork:
        return self._open(connection, lambda _: None)

    def for_command(
        self, connection: sa.Connection, context: CommandContext
    ) -> RemindersUnitOfWork:
        return self._open(
            connection, lambda event: context.after_commit(partial(self._publish, event))
        )

    @contextmanager
    def transaction(self, engine: sa.Engine) -> Iterator[RemindersUnitOfWork]:
        """Commits at the end of the block. Raises StorageAway."""
        events: list[Event] = []
        with transaction(engine) as connection:
            yield self._open(connection, events.append)
        for event in events:
            self._publish(event)

    def _open(
        self, connection: sa.Connection, announce: Callable[[Event], None]
    ) -> RemindersUnitOfWork:
        return RemindersUnitOfWork(connection, self._vault, self._plan_versions, announce)
